using System.Numerics.Tensors;

namespace Ibke.Runtime.Training.Optimizers;

/// <summary>The norm of all gradients together, and its limit.</summary>
internal static class GradientClipping
{
    /// <summary>The root of the sum of squares over all gradients.</summary>
    public static double Norm(IReadOnlyList<TrainableParameter> parameters)
    {
        double[] squares = new double[parameters.Count];
        Parallel.For(0, parameters.Count, i => squares[i] = TensorPrimitives.SumOfSquares<float>(parameters[i].Gradient));
        return Math.Sqrt(squares.Sum());
    }

    /// <summary>Scales all gradients down together where their norm exceeds a limit.</summary>
    /// <param name="parameters">Whose gradients are scaled.</param>
    /// <param name="limit">The largest norm that is left as it is; null leaves every one.</param>
    /// <returns>The norm before.</returns>
    public static double Clip(IReadOnlyList<TrainableParameter> parameters, float? limit)
    {
        double norm = Norm(parameters);
        if (limit is { } most && norm > most)
        {
            float factor = (float)(most / (norm + 1e-6));
            Parallel.ForEach(parameters, parameter => TensorPrimitives.Multiply(parameter.Gradient, factor, parameter.Gradient));
        }

        return norm;
    }
}
