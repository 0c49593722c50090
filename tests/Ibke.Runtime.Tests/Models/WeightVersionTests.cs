using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Tests.Models;

public sealed class WeightVersionTests : IDisposable
{
    private static readonly int[] _ids = [5, 17, 90, 3, 3, 41, 8];

    private readonly RandomModel _model = new(RandomModel.TinyConfig);

    public void Dispose() => _model.Dispose();

    [Fact]
    public void Forward_EditsInAnyOrder_GivesTheSameBits()
    {
        WeightEdit[] edits = [.. Enumerable.Range(0, 4).Select(_ => _model.Edit())];
        float[] expected = _model.Logits(new WeightVersion(1, edits), _ids);

        foreach (WeightEdit[] order in Permutations(edits))
        {
            Assert.Equal(expected, _model.Logits(new WeightVersion(2, order), _ids));
        }
    }

    [Fact]
    public void Forward_AllEditsReverted_GivesTheBitsOfTheBase()
    {
        WeightVersions versions = new();
        float[] before = _model.Logits(versions.Current, _ids);

        float[] edited = _model.Logits(versions.Publish([_model.Edit(), _model.Edit()]), _ids);
        float[] reverted = _model.Logits(versions.Publish([]), _ids);

        Assert.NotEqual(before, edited);
        Assert.Equal(before, reverted);
    }

    [Theory]
    [InlineData(NeuronForm.Sparse)]
    [InlineData(NeuronForm.Linear)]
    public void Forward_OneEdit_AddsItsNeuronsToTheMlpOutput(NeuronForm form)
    {
        WeightEdit edit = _model.Edit(form: form);
        Operations ops = _model.Transformer.Engine.Operations;
        float[] plain = [];
        float[] changed = [];
        float[] added = [];
        Show(WeightVersion.Base, (input, output) =>
        {
            plain = output.ToArray();
            using Tensor sum = ops.Neurons(input, _model.Normalization.Means[0], _model.Normalization.Deviations[0], [edit.Layers[0]!]);
            added = sum.ToArray();
        });
        Show(new WeightVersion(1, [edit]), (_, output) => changed = output.ToArray());

        Assert.Contains(added, value => value != 0);
        Assert.Equal(plain.Zip(added, (a, b) => a + b), changed);

        void Show(WeightVersion version, Action<Tensor, Tensor> observe)
        {
            using Tensor hidden = _model.Transformer.Forward(ops, version, _ids, [new SequenceRows(_ids.Length)], (layer, input, output) =>
            {
                if (layer == 0)
                {
                    observe(input, output);
                }
            });
        }
    }

    [Fact]
    public void Key_SameSet_IsEqualWhateverTheOrderAndNumber()
    {
        WeightEdit first = _model.Edit();
        WeightEdit second = _model.Edit();

        Assert.Equal(new WeightVersion(1, [first, second]).Key, new WeightVersion(9, [second, first, second]).Key);
        Assert.NotEqual(new WeightVersion(1, [first]).Key, new WeightVersion(1, [second]).Key);
        Assert.NotEqual(new WeightVersion(1, [first]).Key, new WeightVersion(1, [first, second]).Key);
        Assert.Equal(WeightVersion.Base.Key, new WeightVersion(4, []).Key);
    }

    [Fact]
    public void WeightEdit_Content_DecidesId()
    {
        WeightEdit edit = _model.Edit();
        WeightEdit same = new(_model.Normalization, edit.Layers);
        WeightEdit moved = new(_model.Normalization, [null, edit.Layers[0]]);
        WeightEdit elsewhere = new(_model.Normalization, [edit.Layers[0], null]);

        Assert.Equal(edit.Id, same.Id);
        Assert.NotEqual(moved.Id, elsewhere.Id);
        Assert.Equal(2 * (3 * 32 + 3 + 3 * 32) * sizeof(float), edit.Bytes);
    }

    [Fact]
    public void WeightEdit_NoNeurons_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new WeightEdit(_model.Normalization, [null, null]));

    [Fact]
    public void Forward_EditOfAnotherModel_IsRefused()
    {
        using RandomModel deeper = new(RandomModel.TinyConfig with { Layers = 3 });

        Assert.Throws<ArgumentException>(() => _model.Logits(new WeightVersion(1, [deeper.Edit()]), _ids));
        Assert.Throws<ArgumentException>(() => new WeightVersion(1, [deeper.Edit(), _model.Edit()]));
    }

    [Fact]
    public void Publish_ManyAtOnce_NumbersEachOnce()
    {
        WeightVersions versions = new();
        WeightEdit edit = _model.Edit();

        WeightVersion[] published = new WeightVersion[64];
        Parallel.For(0, published.Length, i => published[i] = versions.Publish([edit]));

        Assert.Equal(Enumerable.Range(1, 64).Select(i => (long)i), published.Select(version => version.Number).Order());
        Assert.Equal(64, versions.Current.Number);
    }

    [Fact]
    public void TryPublish_AnotherCameBetween_ChangesNothing()
    {
        WeightVersions versions = new();
        WeightVersion judged = versions.Current;
        WeightVersion between = versions.Publish([_model.Edit()]);

        Assert.False(versions.TryPublish(judged, [_model.Edit()], out WeightVersion? published));

        Assert.Null(published);
        Assert.Same(between, versions.Current);
        Assert.True(versions.TryPublish(between, [], out published));
        Assert.Same(published, versions.Current);
        Assert.Equal(2, published.Number);
    }

    [Fact]
    public void Shadow_Edits_AreNotPublished()
    {
        WeightVersions versions = new();

        WeightVersion shadow = versions.Shadow([_model.Edit()]);

        Assert.Equal(1, shadow.Number);
        Assert.Same(WeightVersion.Base, versions.Current);
    }

    private static IEnumerable<WeightEdit[]> Permutations(WeightEdit[] edits) => edits.Length <= 1
        ? [edits]
        : edits.SelectMany(first => Permutations([.. edits.Where(edit => edit != first)]).Select(rest => (WeightEdit[])[first, .. rest]));
}
