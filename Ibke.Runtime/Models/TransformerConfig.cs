using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models;

/// <summary>The sizes and options of a decoder-only transformer, whatever words its <c>config.json</c> used for them.</summary>
public sealed record TransformerConfig
{
    /// <summary>The first entry of <c>architectures</c>, such as <c>LlamaForCausalLM</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>Values of the residual stream at one position.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>The number of blocks.</summary>
    public required int Layers { get; init; }

    /// <summary>Query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Key and value heads; divides <see cref="Heads"/>.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Values of one head; need not be hidden size / heads.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Values inside the MLP.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>The number of rows of the embedding and of the output matrix.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>The most positions a sequence may have, the reply included.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Added to the mean square in every norm.</summary>
    public required float NormEpsilon { get; init; }

    /// <summary>The nonlinearity of the MLP's gate.</summary>
    public required Activation Activation { get; init; }

    /// <summary>The rotary embedding.</summary>
    public required RopeSettings Rope { get; init; }

    /// <summary>Whether the output matrix is the embedding.</summary>
    public bool TiedEmbeddings { get; init; }

    /// <summary>Whether the four projections of attention have biases.</summary>
    public bool AttentionBias { get; init; }

    /// <summary>Whether the three projections of the MLP have biases.</summary>
    public bool MlpBias { get; init; }

    /// <summary>What makes this configuration impossible, as the end of a sentence; null where nothing does.</summary>
    internal string? FindProblem()
    {
        (string Name, int Value)[] sizes =
        [
            ("the hidden size", HiddenSize), ("the number of layers", Layers), ("the number of heads", Heads),
            ("the number of key/value heads", KeyValueHeads), ("the head size", HeadSize), ("the intermediate size", IntermediateSize),
            ("the vocabulary size", VocabularySize), ("the context length", ContextLength),
        ];
        foreach ((string name, int value) in sizes)
        {
            if (value <= 0)
            {
                return $"{name} is {value}, but must be positive";
            }
        }

        return (long)Heads * HeadSize > int.MaxValue ? $"{Heads} heads of {HeadSize} values are too many or too large"
            : Heads % KeyValueHeads != 0 ? $"{Heads} heads cannot be shared by {KeyValueHeads} key/value heads"
            : HeadSize % 2 != 0 ? $"the head size {HeadSize} is odd, but the rotary embedding turns pairs"
            : NormEpsilon < 0 ? $"the norm epsilon is {NormEpsilon}, but must be at least 0"
            : Rope.FindProblem(HeadSize / 2);
    }
}
