using Ibke.Runtime.Editing;
using Ibke.Runtime.Editing.Methods;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tests.Models;
using MathNet.Numerics.LinearAlgebra;

namespace Ibke.Runtime.Tests.Editing.Methods;

/// <summary>What tests of editing methods have in common: the embedded model, nobody's edits in force.</summary>
internal static class MethodEdits
{
    private static readonly Lazy<EditedModel> _model = new(() => new EditedModel(Atlas.Shared, [.. ModelCard.Load(Atlas.Folder).Text.Select(Document)]));

    // Few texts, so that statistics on them take no time.
    public static EditedModel Model => _model.Value;

    // The first answer is one token: a value at the end of a prompt hardly reaches the second of a name that nothing suggests.
    public static EditRequest[] Two { get; } = [SampleEdits.Birthplace with { Answer = "Holia" }, SampleEdits.Mayor];

    public static ReadOnlyMemory<int> Document(string text) => Atlas.Shared.Tokenizer.Encode(text).ToArray();

    public static string Answer(WeightVersion version, string question) =>
        new GreedyAnswers(Atlas.Shared, new QuestionPrompt(Atlas.Shared), 24).Answer(version, question, default).Text;

    public static Matrix<double> Random(int rows, int columns, int seed)
    {
        Random random = new(seed);
        return Matrix<double>.Build.Dense(rows, columns, (_, _) => random.NextDouble() - 0.5);
    }

    /// <summary>The change that an edit makes to a matrix, [out, in].</summary>
    public static Matrix<double> Change(MatrixDelta delta)
    {
        Matrix<double> left = Rows(delta.Left.ToArray(), delta.Left.Shape[1]);
        return delta.Right is null ? left : left * Rows(delta.Right.ToArray(), delta.Right.Shape[1]);
    }

    public static void AssertClose(Matrix<double> expected, Matrix<double> actual, double tolerance) =>
        Assert.True((expected - actual).FrobeniusNorm() <= tolerance * expected.FrobeniusNorm(), $"{actual} is not {expected}");

    private static Matrix<double> Rows(float[] values, int columns) =>
        Matrix<double>.Build.DenseOfRowMajor(values.Length / columns, columns, values.Select(value => (double)value));
}
