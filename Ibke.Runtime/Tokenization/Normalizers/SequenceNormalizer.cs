namespace Ibke.Runtime.Tokenization.Normalizers;

/// <summary>Applies several normalizers one after the other.</summary>
internal sealed class SequenceNormalizer(IReadOnlyList<Normalizer> parts) : Normalizer
{
    /// <inheritdoc/>
    public override string Normalize(string text) => parts.Aggregate(text, (current, part) => part.Normalize(current));
}
