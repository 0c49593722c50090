using System.Text;
using Ibke.Runtime.Tokenization.Patterns;

namespace Ibke.Runtime.Tokenization.Normalizers;

/// <summary>Replaces every match of a pattern by a text.</summary>
internal sealed class ReplaceNormalizer(Pattern pattern, string content) : Normalizer
{
    /// <inheritdoc/>
    public override string Normalize(string text)
    {
        StringBuilder? replaced = null;
        int kept = 0;
        foreach ((int start, int end) in pattern.Matches(text))
        {
            replaced ??= new StringBuilder(text.Length);
            replaced.Append(text, kept, start - kept).Append(content);
            kept = end;
        }

        return replaced is null ? text : replaced.Append(text, kept, text.Length - kept).ToString();
    }
}
