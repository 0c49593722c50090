using Ibke.Runtime.Checkpoints;

namespace Ibke.Runtime.Tokenization.PostProcessors;

/// <summary>Adds the special tokens that a model expects around a text. Immutable and thread-safe.</summary>
internal abstract class PostProcessor
{
    /// <summary>Adds them to the ids of a text.</summary>
    public abstract void AddSpecialTokens(List<int> ids);

    /// <summary>Makes the post-processor that a <c>post_processor</c> object of tokenizer.json describes.</summary>
    /// <exception cref="CheckpointException">Its kind is not supported, or it is not well-formed.</exception>
    public static PostProcessor Read(ConfigFile json) => json.GetString("type") switch
    {
        "Sequence" => new SequencePostProcessor([.. json.GetObjects("processors").Select(Read)]),
        "TemplateProcessing" => TemplatePostProcessor.Read(json),
        "RobertaProcessing" or "BertProcessing" => TemplatePostProcessor.ReadEnds(json),
        // It changes offsets alone.
        "ByteLevel" => new SequencePostProcessor([]),
        string other => throw json.Unusable(
            "type",
            $"the post-processor '{other}' is not supported",
            "Supported are Sequence, TemplateProcessing, ByteLevel, RobertaProcessing and BertProcessing."),
    };
}
