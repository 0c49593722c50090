using Ibke.Runtime.Editing;
using Ibke.Runtime.Editing.Methods;
using Ibke.Runtime.Models;
using Ibke.Runtime.Models.Network;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Tests.Models;
using MathNet.Numerics.LinearAlgebra;

namespace Ibke.Runtime.Tests.Editing.Methods;

/// <summary>The methods that change matrices, on the embedded model.</summary>
public sealed class WeightMethodTests
{
    private static readonly EditedModel Model = MethodEdits.Model;

    private static readonly TargetSettings Plain = new() { Contexts = 0, Essence = 0 };

    public static TheoryData<string> Methods => ["ft-m", "rome", "memit", "alphaedit", "ultraedit"];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Apply_OtherOrder_IsTheSameVersionAndTheBaseStaysAsItWas(string name)
    {
        float[] before = Model.Model.Transformer.Parameters[Model.OutputMatrix(2)].ToArray();
        using EditsInForce one = Create(name).Apply(MethodEdits.Two);
        using EditsInForce other = Create(name).Apply([.. MethodEdits.Two.Reverse()]);

        Assert.Equal(name, Create(name).Name);
        Assert.Equal(one.Version.Key, other.Version.Key);
        Assert.NotEqual(WeightVersion.Base.Key, one.Version.Key);
        Assert.Equal(one.Version.Edits.Sum(edit => edit.Bytes), one.Bytes);
        Assert.Equal(before, Model.Model.Transformer.Parameters[Model.OutputMatrix(2)].ToArray());
        Assert.Equal(WeightVersion.Base.Key, Model.Model.Versions.Current.Key);
        using EditsInForce none = Create(name).Apply([]);
        Assert.Equal(WeightVersion.Base.Key, none.Version.Key);
        Assert.Throws<OperationCanceledException>(() => Create(name).Apply(MethodEdits.Two, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void FineTuning_TwoEdits_AnswersBothWithinTheLimit()
    {
        using EditsInForce edits = new FineTuningMethod(Model, new FineTuningSettings { Layer = 4, Limit = 0.04f }).Apply(MethodEdits.Two);

        Assert.All(MethodEdits.Two, edit => Assert.Equal(edit.Answer, MethodEdits.Answer(edits.Version, edit.Prompt)));
        float[] change = Assert.Single(Assert.Single(edits.Version.Edits).Deltas).Left.ToArray();
        Assert.InRange(change.Max(MathF.Abs), 1e-3f, 0.04f);
    }

    [Fact]
    public void Rome_OneEdit_GivesTheWantedOutputAtTheSubject()
    {
        const int layer = 0;
        EditRequest request = Model.Texts.Complete(SampleEdits.Birthplace);
        EditText text = Model.Texts.Create(request);
        float[] step = new TargetValues(Model, Plain).Find(WeightVersion.Base, [request], layer, default)[0];
        float[] before = Output(WeightVersion.Base);

        using EditsInForce edits = new RomeMethod(Model, new RomeSettings { Layer = layer, Target = Plain }).Apply([request]);

        MatrixDelta delta = Assert.Single(Assert.Single(edits.Version.Edits).Deltas);
        Assert.Equal(1, delta.Right!.Shape[0]);
        float[] after = Output(edits.Version);
        Assert.All(before.Zip(step, (m, d) => m + d).Zip(after), pair => Assert.Equal(pair.First, pair.Second, 1e-3f));

        // Of all rank-one changes with W k = v it is the one along C⁻¹ k.
        double[] key = [.. Model.FactStates(WeightVersion.Base, [text], FactToken.SubjectLast, layer, layer).Keys[0].Select(value => (double)value)];
        Vector<double> direction = Model.Reference.RegularMoment(layer, 0.01).Solve(Vector<double>.Build.Dense(key)).Normalize(2);
        Vector<double> own = MethodEdits.Change(delta).Row(0).Normalize(2);
        Assert.Equal(1, Math.Abs(direction * own), 4);

        float[] Output(WeightVersion version)
        {
            float[] row = [];
            using Tensor hidden = Model.Model.Transformer.Forward(
                Model.Ops, version, text.Inputs, [new SequenceRows(text.Inputs.Count)], new ForwardProbes
                {
                    Mlp = (at, _, output) => row = at == layer ? [.. output.ToArray().Chunk(output.Shape.Columns).ElementAt(text.SubjectRow)] : row,
                });
            return row;
        }
    }

    [Fact]
    public void Rome_EndOfPrompt_HoldsInAModelOfFewLayers()
    {
        // At the end of the subject nothing that layer 3 could give changes these answers.
        using EditsInForce edits = new RomeMethod(Model, new RomeSettings { Layer = 3, Target = new TargetSettings { Token = FactToken.PromptLast } }).Apply(MethodEdits.Two);

        Assert.All(MethodEdits.Two, edit => Assert.Equal(edit.Answer, MethodEdits.Answer(edits.Version, edit.Prompt)));
    }

    [Theory]
    [InlineData("rome")]
    [InlineData("memit")]
    [InlineData("alphaedit")]
    public void Choices_FirstOfAMethod_HoldsTwoEdits(string name)
    {
        using EditsInForce edits = new EditMethods(Atlas.Shared).Choices(name)[0].Create().Apply(MethodEdits.Two);

        Assert.All(MethodEdits.Two, edit => Assert.Equal(edit.Answer, MethodEdits.Answer(edits.Version, edit.Prompt)));
    }

    [Fact]
    public void Texts_WithContexts_AreTheSameAfterOtherDocuments()
    {
        EditRequest request = Model.Texts.Complete(SampleEdits.Birthplace);

        IReadOnlyList<EditText> texts = new TargetValues(Model, new TargetSettings { Contexts = 2 }).Texts(request);

        Assert.Equal(3, texts.Count);
        Assert.All(texts.Skip(1), text =>
        {
            int before = text.Inputs.Count - texts[0].Inputs.Count;
            Assert.InRange(before, 1, 32);
            Assert.Equal(texts[0].Inputs, text.Inputs.Skip(before));
            Assert.DoesNotContain(request.Subject!, Atlas.Shared.Tokenizer.Decode([.. text.Inputs.Take(before)]), StringComparison.Ordinal);
            Assert.Equal(texts[0].SubjectRow, text.SubjectRow - before);
            Assert.Equal(texts[0].AnswerRows, text.AnswerRows.Select(row => row - before));
        });
    }

    [Fact]
    public void TargetValues_Batch_FindsWhatEachAloneDoes()
    {
        TargetValues targets = new(Model, Plain with { Steps = 3, Essence = 0.1f });
        EditRequest[] requests = [.. MethodEdits.Two.Select(Model.Texts.Complete)];

        float[][] together = targets.Find(WeightVersion.Base, requests, 2, default);

        for (int i = 0; i < requests.Length; i++)
        {
            float[] alone = targets.Find(WeightVersion.Base, [requests[i]], 2, default)[0];
            float length = MathF.Sqrt(alone.Sum(value => value * value));
            Assert.True(length > 0);
            Assert.All(alone.Zip(together[i]), pair => Assert.Equal(pair.First, pair.Second, 0.02f * length));
        }
    }

    [Fact]
    public void Memit_OneEdit_MovesTheStreamToWhereItIsWanted()
    {
        MemitSettings settings = new() { Layers = [0, 1], Weight = 1e-6, Target = Plain };
        EditRequest request = Model.Texts.Complete(SampleEdits.Birthplace);
        EditText text = Model.Texts.Create(request);
        float[] step = new TargetValues(Model, Plain).Find(WeightVersion.Base, [request], 1, default)[0];
        float[] before = Model.FactStates(WeightVersion.Base, [text], FactToken.SubjectLast, 1, 1).Streams[0];

        using EditsInForce edits = new MemitMethod(Model, settings).Apply([request]);

        float[] after = Model.FactStates(edits.Version, [text], FactToken.SubjectLast, 1, 1).Streams[0];
        double missing = Math.Sqrt(before.Zip(step, (h, d) => h + d).Zip(after, (z, h) => Math.Pow(z - h, 2)).Sum());
        Assert.True(missing < 0.1 * Math.Sqrt(step.Sum(value => (double)value * value)), $"{missing}");
        Assert.Equal(2, Assert.Single(edits.Version.Edits).Deltas.Count);
    }

    [Fact]
    public void SecondMoment_OfText_IsTheMeanOfProducts()
    {
        ReferenceText text = new(Model, [MethodEdits.Document("Barden is the capital of Kelstad."), MethodEdits.Document("Rowan Health makes Delphi Pro.")]);
        double[,] expected = new double[8, 8];
        int count = 0;
        foreach (int[] tokens in text.Documents)
        {
            using Tensor hidden = Model.Model.Transformer.Forward(
                Model.Ops, WeightVersion.Base, tokens, [new SequenceRows(tokens.Length)], new ForwardProbes { Matrix = Add });
            count += tokens.Length;
        }

        Matrix<double> moment = text.SecondMoment(1);

        Assert.All(Enumerable.Range(0, 64), i => Assert.Equal(expected[i / 8, i % 8] / count, moment[i / 8, i % 8], 1e-4));

        void Add(string name, Tensor input)
        {
            if (name == Model.OutputMatrix(1))
            {
                foreach (float[] row in input.ToArray().Chunk(input.Shape.Columns))
                {
                    for (int i = 0; i < 64; i++)
                    {
                        expected[i / 8, i % 8] += (double)row[i / 8] * row[i % 8];
                    }
                }
            }
        }
    }

    private static WeightMethod Create(string name)
    {
        TargetSettings target = Plain with { Steps = 2 };
        return name switch
        {
            "ft-m" => new FineTuningMethod(Model, new FineTuningSettings { Layer = 2, Steps = 2 }),
            "rome" => new RomeMethod(Model, new RomeSettings { Layer = 2, Target = target }),
            "memit" => new MemitMethod(Model, new MemitSettings { Layers = [1, 2], Target = target }),
            "alphaedit" => new AlphaEditMethod(Model, new AlphaEditSettings { Layers = [2], Target = target }),
            _ => new UltraEditMethod(Model, new UltraEditSettings { Layers = [1, 3] }),
        };
    }
}
