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

    /// <summary>Checks that the sizes fit each other.</summary>
    /// <exception cref="ArgumentException">One is not positive, or two contradict; the message names them.</exception>
    public TransformerConfig Validated()
    {
        (string Name, int Value)[] sizes =
        [
            ("hidden size", HiddenSize), ("layers", Layers), ("heads", Heads), ("key/value heads", KeyValueHeads),
            ("head size", HeadSize), ("intermediate size", IntermediateSize), ("vocabulary size", VocabularySize),
            ("context length", ContextLength),
        ];
        foreach ((string name, int value) in sizes)
        {
            Require(value > 0, $"{name} is {value}, but must be positive");
        }

        Require(Heads % KeyValueHeads == 0, $"{Heads} heads cannot be shared by {KeyValueHeads} key/value heads");
        Require(HeadSize % 2 == 0, $"head size {HeadSize} is odd, but the rotary embedding turns pairs");
        Require(NormEpsilon >= 0 && float.IsFinite(NormEpsilon), $"norm epsilon is {NormEpsilon}, but must be at least 0");
        Require(Rope.Theta > 0 && double.IsFinite(Rope.Theta), $"rope theta is {Rope.Theta}, but must be positive");
        Require(Rope.Factor >= 1 && double.IsFinite(Rope.Factor), $"rope factor is {Rope.Factor}, but must be at least 1");
        return this;
    }

    private void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new ArgumentException($"The configuration of {Architecture} is impossible: {otherwise}.");
        }
    }
}
