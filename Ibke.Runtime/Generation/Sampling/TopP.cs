namespace Ibke.Runtime.Generation.Sampling;

/// <summary>Drops the least probable tokens while their sum stays at most 1 − p (Holtzman et al., nucleus sampling); the most probable stays.</summary>
internal sealed class TopP(float p) : ICandidateFilter
{
    public void Apply(Candidates candidates)
    {
        ReadOnlySpan<double> probabilities = candidates.Probabilities;
        Span<bool> keep = candidates.Keep;
        double dropped = 1 - (double)p;
        if (dropped <= 0)
        {
            return;
        }

        // Tokens below dropped / count together stay below what is dropped: they need no sorting, and they are most of a vocabulary.
        double negligible = dropped / candidates.Count;
        double sum = 0;
        List<int> rest = [];
        for (int i = 0; i < probabilities.Length; i++)
        {
            keep[i] = false;
            if (probabilities[i] < negligible)
            {
                sum += probabilities[i];
            }
            else
            {
                rest.Add(i);
            }
        }

        double[] ascending = new double[rest.Count];
        int[] order = [.. rest];
        for (int i = 0; i < order.Length; i++)
        {
            ascending[i] = probabilities[order[i]];
        }

        Array.Sort(ascending, order);
        for (int i = 0; i < order.Length; i++)
        {
            sum += ascending[i];
            keep[order[i]] = sum > dropped || i == order.Length - 1;
        }

        candidates.DropUnkept();
    }
}
