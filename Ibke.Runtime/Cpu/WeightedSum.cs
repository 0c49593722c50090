namespace Ibke.Runtime.Cpu;

/// <summary>Sums of losses in double precision, in the order of the rows.</summary>
internal static unsafe class WeightedSum
{
    /// <summary>Σ weightᵢ · xᵢ; a weight of 0 leaves out what is not finite.</summary>
    /// <param name="x">[count].</param>
    /// <param name="weights">[count], or null for 1.</param>
    /// <param name="count">The number of values.</param>
    public static double Of(float* x, float* weights, int count)
    {
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            double weight = weights == null ? 1 : weights[i];
            sum += weight == 0 ? 0 : weight * x[i];
        }

        return sum;
    }
}
