namespace Ibke.Runtime.Generation.Sampling;

/// <summary>
/// Keeps the tokens whose surprise −log p is closest to the entropy until their probabilities reach the mass; ties with the last stay
/// (Meister et al., locally typical sampling).
/// </summary>
internal sealed class TypicalP(float mass) : ICandidateFilter
{
    public void Apply(Candidates candidates)
    {
        ReadOnlySpan<double> probabilities = candidates.Probabilities;
        double entropy = 0;
        foreach (double p in probabilities)
        {
            entropy -= p > 0 ? p * Math.Log(p) : 0;
        }

        double[] distance = new double[probabilities.Length];
        for (int i = 0; i < distance.Length; i++)
        {
            distance[i] = Math.Abs(-Math.Log(probabilities[i]) - entropy);
        }

        double[] sorted = [.. distance];
        double[] ordered = probabilities.ToArray();
        Array.Sort(sorted, ordered);
        double sum = 0;
        int last = 0;
        while (last < ordered.Length - 1 && (sum += ordered[last]) < mass)
        {
            last++;
        }

        Span<bool> keep = candidates.Keep;
        for (int i = 0; i < keep.Length; i++)
        {
            keep[i] = distance[i] <= sorted[last];
        }

        candidates.DropUnkept();
    }
}
