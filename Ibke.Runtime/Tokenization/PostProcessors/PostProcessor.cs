using Ibke.Runtime.Checkpoints;

namespace Ibke.Runtime.Tokenization.PostProcessors;

/// <summary>Adds the special tokens that a model expects around a text. Immutable and thread-safe.</summary>
internal abstract class PostProcessor
{
    /// <summary>Adds them to the ids of a text.</summary>
    public abstract void AddSpecialTokens(List<int> ids);

    /// <summary>Adds them to the tokens of a text, and changes the places of these where it does so.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="text">The text.</param>
    /// <param name="addSpecialTokens">Whether to add tokens; else places alone are changed.</param>
    public abstract void Process(List<EncodedToken> tokens, string text, bool addSpecialTokens);

    /// <summary>Makes the post-processor that a <c>post_processor</c> object of tokenizer.json describes.</summary>
    /// <exception cref="CheckpointException">Its kind is not supported, or it is not well-formed.</exception>
    public static PostProcessor Read(ConfigFile json) => json.GetString("type") switch
    {
        "Sequence" => new SequencePostProcessor([.. json.GetObjects("processors").Select(Read)]),
        "TemplateProcessing" => TemplatePostProcessor.Read(json),
        "BertProcessing" => TemplatePostProcessor.ReadEnds(json),
        "RobertaProcessing" when TrimPostProcessor.Read(json) is { } trim =>
            new SequencePostProcessor([trim, TemplatePostProcessor.ReadEnds(json)]),
        "RobertaProcessing" => TemplatePostProcessor.ReadEnds(json),
        "ByteLevel" => new SequencePostProcessor(TrimPostProcessor.Read(json) is { } trim ? [trim] : []),
        string other => throw json.Unusable(
            "type",
            $"the post-processor '{other}' is not supported",
            "Supported are Sequence, TemplateProcessing, ByteLevel, RobertaProcessing and BertProcessing."),
    };
}
