namespace Ibke.Runtime.Tokenization.PreTokenizers;

/// <summary>Cuts the pieces of each part again by the next.</summary>
internal sealed class SequencePreTokenizer(IReadOnlyList<PreTokenizer> parts) : PreTokenizer
{
    /// <inheritdoc/>
    public override bool EndsInBytes => parts.Count > 0 && parts[^1].EndsInBytes;

    /// <inheritdoc/>
    public override bool LooksAtPlace => parts.Any(part => part.LooksAtPlace);

    /// <inheritdoc/>
    public override void Split(PieceBuffer pieces, bool writeBytes)
    {
        for (int i = 0; i < parts.Count; i++)
        {
            parts[i].Split(pieces, writeBytes || i < parts.Count - 1);
        }
    }
}
