using Ibke.Runtime.Editing.Methods;
using MathNet.Numerics.LinearAlgebra;

namespace Ibke.Runtime.Tests.Editing.Methods;

/// <summary>The closed forms of the papers, each against the problem that it is to solve.</summary>
public sealed class ClosedFormTests
{
    private const int In = 12, Out = 7, Edits = 4;

    private static readonly Matrix<double> Keys = MethodEdits.Random(In, Edits, 1), Residuals = MethodEdits.Random(Out, Edits, 2);

    private static readonly Matrix<double> Moment = Square(MethodEdits.Random(In, 40, 3)) / 40;

    [Fact]
    public void Memit_Solve_MinimisesItsLeastSquares()
    {
        const double weight = 0.7;
        Matrix<double> change = Product(MemitMethod.Solve(Moment, weight, Keys, Residuals));

        // The gradient of ½‖ΔK − R‖² + ½ λ tr(ΔCΔᵀ) is zero.
        Matrix<double> gradient = (((change * Keys) - Residuals) * Keys.Transpose()) + (change * Moment * weight);
        Assert.True(gradient.FrobeniusNorm() < 1e-5, $"{gradient.FrobeniusNorm()}");
        Assert.True(change.FrobeniusNorm() > 0.1);
    }

    [Fact]
    public void AlphaEdit_Solve_IsThePapersFormula()
    {
        Matrix<double> projector = AlphaEditMethod.NullSpace(Moment, 0.8);
        const double ridge = 0.3;
        Matrix<double> expected = Residuals * Keys.Transpose() * projector
            * ((Keys * Keys.Transpose() * projector) + (Matrix<double>.Build.DenseIdentity(In) * ridge)).Inverse();

        MethodEdits.AssertClose(expected, Product(AlphaEditMethod.Solve(projector, ridge, Keys, Residuals)), 1e-9);
    }

    [Fact]
    public void AlphaEdit_TextOfLowRank_IsLeftExactlyAlone()
    {
        Matrix<double> text = MethodEdits.Random(In, 5, 4); // keys of ordinary text span five directions
        Matrix<double> projector = AlphaEditMethod.NullSpace(Square(text), 1e-6);

        Matrix<double> change = Product(AlphaEditMethod.Solve(projector, 1e-6, Keys, Residuals));

        Assert.Equal(In - 5, projector.Trace(), 9);
        MethodEdits.AssertClose(projector, projector * projector, 1e-9);
        Assert.True((change * text).FrobeniusNorm() < 1e-9, "text is changed");
        MethodEdits.AssertClose(Residuals, change * Keys, 1e-3);
    }

    [Fact]
    public void AlphaEdit_NoNullSpace_ChangesNothing() =>
        Assert.Equal(0, AlphaEditMethod.NullSpace(Moment, 1e-9).FrobeniusNorm());

    [Theory]
    [InlineData(5)] // fewer tokens than values of a key
    [InlineData(30)]
    public void UltraEdit_Solve_IsTheRidgeSolution(int tokens)
    {
        Matrix<double> hidden = MethodEdits.Random(tokens, In, 5), values = MethodEdits.Random(tokens, Out, 6);
        Matrix<double> expected = ((hidden.Transpose() * hidden) + Matrix<double>.Build.DenseIdentity(In)).Inverse() * hidden.Transpose() * values;

        MethodEdits.AssertClose(expected, Product(UltraEditMethod.Solve(hidden, values)).Transpose(), 1e-9);
    }

    [Fact]
    public void UltraEdit_Values_AreNormalisedGradientsAsLongAsTheirKeys()
    {
        Matrix<double> hidden = MethodEdits.Random(20, In, 7), gradient = MethodEdits.Random(20, Out, 8);

        Matrix<double> values = UltraEditMethod.Values(hidden, gradient, scale: 2);

        for (int row = 0; row < 20; row++)
        {
            double square = Enumerable.Range(0, In).Sum(i => Math.Pow(Normal(hidden, row, i), 2));
            for (int i = 0; i < Out; i++)
            {
                Assert.Equal(-2 * square / In * Normal(gradient, row, i), values[row, i], 9);
            }
        }

        static double Normal(Matrix<double> matrix, int row, int column)
        {
            double mean = matrix.Column(column).Average();
            return (matrix[row, column] - mean) / Math.Sqrt(matrix.Column(column).Average(value => Math.Pow(value - mean, 2)));
        }
    }

    [Fact]
    public void Adam_FirstSteps_AreThePapers()
    {
        Adam adam = new(1);
        float[] value = [1];
        adam.Step(value, [0.5f], 0.1f);
        Assert.Equal(0.9f, value[0], 5); // the first step is the rate, whatever the gradient
        adam.Step(value, [-0.25f], 0.1f);

        double first = ((0.9 * 0.1 * 0.5) + (0.1 * -0.25)) / (1 - 0.81), second = ((0.999 * 0.001 * 0.25) + (0.001 * 0.0625)) / (1 - 0.998001);
        Assert.Equal(0.9 - (0.1 * first / Math.Sqrt(second)), value[0], 5);
    }

    private static Matrix<double> Square(Matrix<double> columns) => columns * columns.Transpose();

    private static Matrix<double> Product((Matrix<double> Left, Matrix<double> Right) factors) => factors.Left * factors.Right;
}
