namespace Ibke.Runtime.Tokenization.Normalizers;

/// <summary>Sets a text before every text that is not empty.</summary>
internal sealed class PrependNormalizer(string prefix) : Normalizer
{
    /// <inheritdoc/>
    public override string Normalize(string text, List<int>? sources)
    {
        if (text.Length == 0 || prefix.Length == 0)
        {
            return text;
        }

        RewrittenText longer = new(prefix.Length + text.Length, sources);
        longer.Add(prefix, 0);
        longer.Keep(text, 0, text.Length);
        return longer.ToString();
    }
}
