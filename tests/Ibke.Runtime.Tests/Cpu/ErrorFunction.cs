namespace Ibke.Runtime.Tests.Cpu;

/// <summary>erf in double precision, by its series; slow and plain.</summary>
internal static class ErrorFunction
{
    public static double Value(double x)
    {
        if (double.IsNaN(x) || Math.Abs(x) > 6)
        {
            return double.IsNaN(x) ? x : Math.Sign(x);
        }

        // erf(x) = 2/√π · exp(−x²) Σ 2ⁿ x^(2n+1) / (1 · 3 · … · (2n+1)): all terms of one sign, nothing cancels.
        double term = x;
        double sum = x;
        for (int n = 1; Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
