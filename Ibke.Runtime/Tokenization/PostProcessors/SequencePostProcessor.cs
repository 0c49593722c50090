namespace Ibke.Runtime.Tokenization.PostProcessors;

/// <summary>Applies several post-processors one after the other.</summary>
internal sealed class SequencePostProcessor(IReadOnlyList<PostProcessor> parts) : PostProcessor
{
    /// <inheritdoc/>
    public override void AddSpecialTokens(List<int> ids)
    {
        foreach (PostProcessor part in parts)
        {
            part.AddSpecialTokens(ids);
        }
    }

    /// <inheritdoc/>
    public override void Process(List<EncodedToken> tokens, string text, bool addSpecialTokens)
    {
        foreach (PostProcessor part in parts)
        {
            part.Process(tokens, text, addSpecialTokens);
        }
    }
}
