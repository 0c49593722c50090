namespace Ibke.Runtime.Tokenization.Normalizers;

/// <summary>Applies several normalizers one after the other.</summary>
internal sealed class SequenceNormalizer(IReadOnlyList<Normalizer> parts) : Normalizer
{
    /// <inheritdoc/>
    public override string Normalize(string text, List<int>? sources)
    {
        string current = text;
        foreach (Normalizer part in parts)
        {
            List<int>? step = sources is null ? null : [];
            string next = part.Normalize(current, step);
            if (sources is not null && !ReferenceEquals(next, current))
            {
                Follow(step!, sources, isFirst: ReferenceEquals(current, text));
            }

            current = next;
        }

        return current;
    }

    /// <summary>Puts the sources of the last step in the place of those so far, traced back through them.</summary>
    private static void Follow(List<int> step, List<int> sources, bool isFirst)
    {
        for (int i = 0; i < step.Count && !isFirst; i++)
        {
            step[i] = step[i] == RewrittenText.NoSource ? step[i] : sources[step[i]];
        }

        sources.Clear();
        sources.AddRange(step);
    }
}
