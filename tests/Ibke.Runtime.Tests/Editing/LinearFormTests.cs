using Ibke.Runtime.Editing;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Tests.Models;
using MathNet.Numerics.LinearAlgebra;

namespace Ibke.Runtime.Tests.Editing;

public sealed class LinearFormTests : IDisposable
{
    private const float Ridge = 3;

    private readonly LanguageModel _model = Atlas.Load();
    private readonly EditorFolder _folder = new();

    public LinearFormTests() => _folder.MakeLinear(_model, Ridge);

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Together_TwoEdits_IsTheRidgeSolveOverBoth()
    {
        EditorTensors tensors = EditorTensors.Open(_folder.Path, _model.Engine);
        EditorSettings settings = EditorSettings.Load(_folder.Path);
        LinearForm form = new(settings, tensors, _model.Engine, new EditorNetwork(settings, tensors, _model.Engine).Space);
        KnowledgeEditor editor = KnowledgeEditor.Load(_model, _folder.Path);
        ComputedEdit[] edits =
        [
            editor.Compute(new EditRequest { Prompt = "Where does Leona Zeller come from?", Answer = "Belford", Subject = "Leona Zeller" }),
            editor.Compute(new EditRequest { Prompt = "Who serves as mayor of Elland?", Answer = "Anders Duarte", Subject = "Elland" }),
        ];

        WeightEdit[] neurons = [.. form.Together(edits)];
        WeightEdit[] reversed = [.. form.Together([edits[1], edits[0]])];

        Assert.Equal(new WeightVersion(1, neurons).Key, new WeightVersion(1, reversed).Key);
        for (int layer = 0; layer < _folder.Layers; layer++)
        {
            Matrix<double> expected = Solve(edits, layer);
            Matrix<double> actual = Matrix<double>.Build.Dense(expected.RowCount, expected.ColumnCount);
            foreach (NeuronBlock block in neurons.Select(edit => edit.Layers[_folder.FirstLayer + layer]!))
            {
                Assert.Equal(NeuronForm.Linear, block.Form);
                actual += Rows(block.Keys.ToArray(), expected.RowCount).TransposeThisAndMultiply(Rows(block.Values.ToArray(), expected.RowCount));
            }

            Assert.True((expected - actual).FrobeniusNorm() < 1e-4 * expected.FrobeniusNorm(), $"layer {layer}");
        }
    }

    [Fact]
    public async Task EditAsync_Linear_ChangesTheAnswerAndRevertsToTheBase()
    {
        KnowledgeEditor editor = KnowledgeEditor.Load(_model, _folder.Path, new KnowledgeEditorOptions
        {
            MinimumReliability = 0, MinimumGenerality = 0, MinimumLocality = 0, MaximumDrift = double.MaxValue, MaximumTotalDrift = double.MaxValue, MinimumCanaries = 0,
        });

        EditResult result = await editor.EditAsync(new EditRequest
        {
            Prompt = "Where does Leona Zeller come from?", Answer = "Belford", Subject = "Leona Zeller",
        });

        Assert.Equal(EditStatus.Applied, result.Status);
        Assert.True(result.Rounds > 1 || result.Reliability.Score == 1);
        Assert.NotEqual(WeightVersion.Base.Key, _model.Versions.Current.Key);
        await editor.RevertAsync(result.Id!);
        Assert.Equal(WeightVersion.Base.Key, _model.Versions.Current.Key);
    }

    // ΔWᵀ = (XᵀX + μC)⁻¹ XᵀV, straight from the definition.
    private Matrix<double> Solve(ComputedEdit[] edits, int layer)
    {
        int size = _model.Config.HiddenSize;
        Matrix<double> inputs = Rows([.. edits.SelectMany(edit => edit.Factors!.Inputs[layer])], size);
        Matrix<double> values = Rows([.. edits.SelectMany(edit => edit.Factors!.Values[layer])], size);
        Matrix<double> moment = Rows(_folder.Values("moment")[(layer * size * size)..((layer + 1) * size * size)], size);
        return (inputs.TransposeThisAndMultiply(inputs) + (moment * Ridge)).Solve(inputs.TransposeThisAndMultiply(values));
    }

    private static Matrix<double> Rows(float[] values, int columns) =>
        Matrix<double>.Build.DenseOfRowMajor(values.Length / columns, columns, values.Select(value => (double)value));
}
