namespace Ibke.Runtime.Tokenization.Normalizers;

/// <summary>Writes a text in the byte alphabet.</summary>
internal sealed class ByteAlphabetNormalizer : Normalizer
{
    /// <inheritdoc/>
    public override string Normalize(string text, List<int>? sources)
    {
        RewrittenText written = new(text.Length, sources);
        Span<char> letters = stackalloc char[2 * ByteAlphabet.MostForCharacter];
        for (int at = 0, length; at < text.Length; at += length)
        {
            length = Patterns.PatternMachine.LengthAt(text, at);
            int count = ByteAlphabet.Write(text.AsSpan(at, length), letters);
            foreach (char letter in letters[..count])
            {
                written.Add(letter, at);
            }
        }

        return written.ToString();
    }
}
