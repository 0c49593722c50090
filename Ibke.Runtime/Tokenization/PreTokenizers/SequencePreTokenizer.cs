namespace Ibke.Runtime.Tokenization.PreTokenizers;

/// <summary>Cuts the pieces of each part again by the next.</summary>
internal sealed class SequencePreTokenizer(IReadOnlyList<PreTokenizer> parts) : PreTokenizer
{
    /// <inheritdoc/>
    public override void Split(ReadOnlySpan<char> text, PieceList pieces)
    {
        PieceList current = new();
        PieceList next = new();
        current.Add(text);
        for (int part = 0; part < parts.Count; part++)
        {
            PieceList target = part == parts.Count - 1 ? pieces : next;
            for (int i = 0; i < current.Count; i++)
            {
                parts[part].Split(current[i], target);
            }

            current.Clear();
            (current, next) = (next, current);
        }

        if (parts.Count == 0)
        {
            pieces.Add(text);
        }
    }
}
