using Ibke.Runtime.Editing.Cases;
using Ibke.Runtime.Editing.Methods;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;
using MathNet.Numerics.LinearAlgebra;

namespace Ibke.Runtime.Tests.Editing.Methods;

public sealed class MendTests
{
    private static readonly EditedModel Model = MethodEdits.Model;

    private static readonly MendSettings Settings = new() { Layers = [3, 4], Rank = 8, Batch = 2, Rate = 1e-3f };

    private static readonly EditCase[] Cases =
    [
        new() { Id = "a", Prompt = "Where was Leona Zeller born?", Answer = "Belford", Subject = "Leona Zeller", Rephrasings = ["Where does Leona Zeller come from?"] },
        new() { Id = "b", Prompt = "Who is the mayor of Elland?", Answer = "Anders Duarte", Subject = "Elland", Locality = [new("Who runs Jade Foods?", "unrelated")] },
    ];

    [Fact]
    public void Update_UntrainedNetwork_IsTheNormalisedGradientStep()
    {
        EditBatch batch = new([.. Cases.Select(item => Model.Texts.Create(item.ToRequest()))]);
        MatrixFactors factors = MatrixFactors.Read(Model, [3], batch, batch.NeuronRows);
        MendNetwork network = new(Model, [3], rank: 4, step: 0.5f, factors);

        Matrix<double> actual = MethodEdits.Change(Assert.Single(network.Update(Model.Ops, network.Tensors(), factors)));

        Matrix<double> inputs = Normal(factors.Inputs[0], Model.OutputShape(3)[1]), gradients = Normal(factors.Gradients[0], Model.OutputShape(3)[0]);
        MethodEdits.AssertClose(gradients.Transpose() * inputs * -network.Parameters["alpha"].Values[0], actual, 1e-4);
    }

    [Fact]
    public void Read_Factors_AreThoseOfTheMatrixGradient()
    {
        EditBatch batch = new([.. Cases.Select(item => Model.Texts.Create(item.ToRequest()))]);
        MatrixFactors factors = MatrixFactors.Read(Model, [3], batch, [.. Enumerable.Range(0, batch.Ids.Length)]);
        using Tensor zeros = Model.Model.Engine.Create(Model.OutputShape(3), new float[Model.OutputShape(3).Count]);
        using GradientTape tape = Model.Model.Engine.Record();
        tape.Watch(zeros);
        WeightVersion version = new(0, [new WeightEdit([MatrixDelta.Dense(Model.OutputMatrix(3), zeros)])]);
        using Tensor hidden = Model.Model.Transformer.Forward(tape, version, batch.Ids, batch.Sequences);
        using Tensor rows = tape.Rows(hidden, batch.AnswerRows);
        using Tensor logits = Model.Model.Transformer.Logits(tape, rows);
        using Tensor loss = tape.CrossEntropy(logits, batch.Targets, batch.Weights);
        using Tensor gradient = tape.Gradients(loss, [zeros])[0];

        Matrix<double> product = Rows(factors.Gradients[0], Model.OutputShape(3)[0]).Transpose() * Rows(factors.Inputs[0], Model.OutputShape(3)[1]);

        MethodEdits.AssertClose(Rows(gradient.ToArray(), Model.OutputShape(3)[1]), product, 1e-3);
    }

    [Fact]
    public void Step_SameEdits_LowersTheLossAndRepeatsToTheBit()
    {
        MendTraining one = new(Model, Settings, Cases), other = new(Model, Settings, Cases);

        float[] losses = [.. Enumerable.Range(0, 8).Select(_ => one.Step(Cases))];
        float[] again = [.. Enumerable.Range(0, 8).Select(_ => other.Step(Cases))];

        Assert.True(losses[^1] < 0.9f * losses[0], $"{string.Join(", ", losses)}");
        Assert.Equal(losses, again);
    }

    [Fact]
    public void Apply_Edits_AddUpWhateverTheirOrder()
    {
        MendMethod method = new(Model, new MendTraining(Model, Settings, Cases).Network);

        using EditsInForce edits = method.Apply(MethodEdits.Two), reversed = method.Apply([.. MethodEdits.Two.Reverse()]);

        Assert.Equal("mend", method.Name);
        Assert.Equal(edits.Version.Key, reversed.Version.Key);
        Assert.Equal(2, Assert.Single(edits.Version.Edits).Deltas.Count);
    }

    [Fact]
    public void Create_NoCases_IsRefused() => Assert.Throws<ArgumentException>(() => new MendTraining(Model, Settings, []));

    private static Matrix<double> Rows(float[] values, int columns) =>
        Matrix<double>.Build.DenseOfRowMajor(values.Length / columns, columns, values.Select(value => (double)value));

    private static Matrix<double> Normal(float[] values, int columns)
    {
        Matrix<double> rows = Rows(values, columns);
        for (int column = 0; column < columns; column++)
        {
            double mean = rows.Column(column).Average();
            double deviation = Math.Max(Math.Sqrt(rows.Column(column).Average(value => (value - mean) * (value - mean))), 1e-7);
            rows.SetColumn(column, (rows.Column(column) - mean) / deviation);
        }

        return rows;
    }
}
