namespace Ibke.Runtime.Generation.Sampling;

/// <summary>Keeps tokens that are at least p times as probable as the most probable one.</summary>
internal sealed class MinP(float p) : ICandidateFilter
{
    public void Apply(Candidates candidates)
    {
        ReadOnlySpan<double> probabilities = candidates.Probabilities;
        double largest = 0;
        foreach (double probability in probabilities)
        {
            largest = Math.Max(largest, probability);
        }

        Span<bool> keep = candidates.Keep;
        for (int i = 0; i < keep.Length; i++)
        {
            keep[i] = probabilities[i] >= p * largest;
        }

        candidates.DropUnkept();
    }
}
