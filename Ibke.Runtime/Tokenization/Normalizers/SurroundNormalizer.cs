using Ibke.Runtime.Tokenization.Patterns;

namespace Ibke.Runtime.Tokenization.Normalizers;

/// <summary>Sets a space before and after every character of a set.</summary>
internal sealed class SurroundNormalizer(CodePointSet surrounded) : Normalizer
{
    /// <inheritdoc/>
    public override string Normalize(string text, List<int>? sources)
    {
        int next = surrounded.IndexIn(text, 0);
        if (next < 0)
        {
            return text;
        }

        RewrittenText spaced = new(text.Length, sources);
        int done = 0;
        for (; next >= 0; next = surrounded.IndexIn(text, done))
        {
            spaced.Keep(text, done, next);
            done = next + PatternMachine.LengthAt(text, next);
            spaced.Add(' ', next);
            spaced.Keep(text, next, done);
            spaced.Add(' ', next);
        }

        spaced.Keep(text, done, text.Length);
        return spaced.ToString();
    }
}
