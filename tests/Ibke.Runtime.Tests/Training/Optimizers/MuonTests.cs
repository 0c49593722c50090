using Ibke.Runtime.Tensors;
using Ibke.Runtime.Tests.Models;
using Ibke.Runtime.Training.Optimizers;

namespace Ibke.Runtime.Tests.Training.Optimizers;

public sealed class MuonTests
{
    [Theory]
    [InlineData(12, 12)]
    [InlineData(8, 40)]
    [InlineData(40, 8)]
    public void Orthogonalize_AnyShape_GivesThePublishedIteration(int rows, int columns)
    {
        float[] values = Random(rows * columns, 3);
        double[,] expected = Reference(ToMatrix(values, rows, columns));

        Muon.Orthogonalize(TestEngine.Shared, new TensorShape(rows, columns), values);

        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                Assert.Equal(expected[i, j], values[(i * columns) + j], 2e-4);
            }
        }
    }

    [Fact]
    public void Orthogonalize_WideMatrix_GivesRowsOfAboutLengthOneThatAreAboutOrthogonal()
    {
        const int Rows = 6;
        const int Columns = 50;
        float[] values = Random(Rows * Columns, 4);

        Muon.Orthogonalize(TestEngine.Shared, new TensorShape(Rows, Columns), values);

        double[,] matrix = ToMatrix(values, Rows, Columns);
        double[,] gram = Multiply(matrix, Transpose(matrix));
        for (int i = 0; i < Rows; i++)
        {
            for (int j = 0; j < Rows; j++)
            {
                Assert.InRange(gram[i, j], i == j ? .4 : -.4, i == j ? 1.6 : .4);
            }
        }
    }

    [Fact]
    public void Orthogonalize_Zeros_StayZeros()
    {
        float[] values = new float[12];

        Muon.Orthogonalize(TestEngine.Shared, new TensorShape(3, 4), values);

        Assert.All(values, value => Assert.Equal(0, value));
    }

    [Fact]
    public void Step_SeveralSteps_FollowsGrowingNesterovMomentumAndDecay()
    {
        const int Rows = 9;
        const int Columns = 4;
        TrainableParameter parameter = new("w", new TensorShape(Rows, Columns), Random(Rows * Columns, 5));
        double[,] values = ToMatrix(parameter.Values, Rows, Columns);
        double[] momentum = new double[Rows * Columns];
        Muon optimizer = new([parameter], TestEngine.Shared, new MuonSettings(.5f, .9f, 2, .1f));

        for (int step = 0; step < 4; step++)
        {
            Random(Rows * Columns, 10 + step).CopyTo(parameter.Gradient, 0);
            double factor = step switch { 0 => .5, 1 => .7, _ => .9 };
            double[] update = new double[momentum.Length];
            for (int i = 0; i < momentum.Length; i++)
            {
                momentum[i] = (factor * momentum[i]) + parameter.Gradient[i];
                update[i] = parameter.Gradient[i] + (factor * momentum[i]);
            }

            double[,] orthogonal = Reference(ToMatrix([.. update.Select(value => (float)value)], Rows, Columns));
            for (int i = 0; i < Rows * Columns; i++)
            {
                ref double value = ref values[i / Columns, i % Columns];
                value -= .02 * ((.1 * value) + (Math.Sqrt(Rows / (double)Columns) * orthogonal[i / Columns, i % Columns]));
            }

            optimizer.Step(.02f);
        }

        for (int i = 0; i < Rows * Columns; i++)
        {
            Assert.Equal(values[i / Columns, i % Columns], parameter.Values[i], 1e-4);
        }
    }

    [Fact]
    public void Constructor_Vector_IsRefused()
    {
        TrainableParameter vector = AdamWTests.Parameter("norm.weight", 4, new Random(1));

        ArgumentException error = Assert.Throws<ArgumentException>(() => new Muon([vector], TestEngine.Shared, new MuonSettings()));

        Assert.Contains("norm.weight", error.Message, StringComparison.Ordinal);
    }

    private static float[] Random(int count, int seed)
    {
        float[] values = new float[count];
        AdamWTests.Fill(values, new Random(seed));
        return values;
    }

    // As published: quintic iteration on the matrix, or its transpose where it is tall, divided by its Frobenius norm.
    private static double[,] Reference(double[,] matrix)
    {
        double[,] x = matrix.GetLength(0) > matrix.GetLength(1) ? Transpose(matrix) : matrix;
        double norm = Math.Sqrt(x.Cast<double>().Sum(value => value * value));
        x = Combine(x, 1 / (norm + 1e-7), x, 0);
        for (int i = 0; i < 5; i++)
        {
            double[,] gram = Multiply(x, Transpose(x));
            x = Combine(x, 3.4445, Multiply(Combine(gram, -4.7750, Multiply(gram, gram), 2.0315), x), 1);
        }

        return matrix.GetLength(0) > matrix.GetLength(1) ? Transpose(x) : x;
    }

    private static double[,] ToMatrix(float[] values, int rows, int columns)
    {
        double[,] matrix = new double[rows, columns];
        for (int i = 0; i < values.Length; i++)
        {
            matrix[i / columns, i % columns] = values[i];
        }

        return matrix;
    }

    private static double[,] Transpose(double[,] a)
    {
        double[,] result = new double[a.GetLength(1), a.GetLength(0)];
        for (int i = 0; i < a.GetLength(0); i++)
        {
            for (int j = 0; j < a.GetLength(1); j++)
            {
                result[j, i] = a[i, j];
            }
        }

        return result;
    }

    private static double[,] Multiply(double[,] a, double[,] b)
    {
        double[,] result = new double[a.GetLength(0), b.GetLength(1)];
        for (int i = 0; i < a.GetLength(0); i++)
        {
            for (int j = 0; j < b.GetLength(1); j++)
            {
                for (int k = 0; k < a.GetLength(1); k++)
                {
                    result[i, j] += a[i, k] * b[k, j];
                }
            }
        }

        return result;
    }

    private static double[,] Combine(double[,] a, double ofA, double[,] b, double ofB)
    {
        double[,] result = new double[a.GetLength(0), a.GetLength(1)];
        for (int i = 0; i < a.GetLength(0); i++)
        {
            for (int j = 0; j < a.GetLength(1); j++)
            {
                result[i, j] = (ofA * a[i, j]) + (ofB * b[i, j]);
            }
        }

        return result;
    }
}
