using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models;

/// <summary>
/// The sizes and options of a decoder-only transformer, whatever words its <c>config.json</c> used for them. Options that are not set
/// leave the plain case: the block of Llama.
/// </summary>
public sealed record TransformerConfig
{
    /// <summary>The most layers a model may have; no published one comes near it, but damaged files exceed it.</summary>
    internal const int MostLayers = 10_000;

    /// <summary>The first entry of <c>architectures</c>, such as <c>LlamaForCausalLM</c>.</summary>
    public string Architecture { get; init; } = "";

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

    /// <summary>Added to the mean square, or to the variance, in every norm.</summary>
    public required float NormEpsilon { get; init; }

    /// <summary>The nonlinearity of the MLP, or of its gate.</summary>
    public required Activation Activation { get; init; }

    /// <summary>The rotary embedding of all layers that <see cref="LayerSettings"/> says nothing else of; null turns nothing.</summary>
    public required RopeSettings? Rope { get; init; }

    /// <summary>Whether the output matrix is the embedding.</summary>
    public bool TiedEmbeddings { get; init; }

    /// <summary>Values of a row of the embedding and of the output matrix, where they are projected to the hidden size; null where they have it.</summary>
    public int? EmbeddingSize { get; init; }

    /// <summary>Factor of the embedding's rows.</summary>
    public float EmbeddingScale { get; init; } = 1;

    /// <summary>Learned positions: the row of their table that position 0 has.</summary>
    public int PositionOffset { get; init; }

    /// <summary>What all norms compute.</summary>
    public NormKind Norm { get; init; }

    /// <summary>Whether a norm follows the sum of stream and branch, rather than standing before the branch.</summary>
    public bool NormAfterSum { get; init; }

    /// <summary>Whether there is a norm after the last block.</summary>
    public bool FinalNorm { get; init; } = true;

    /// <summary>Whether attention and MLP start from the same stream, rather than one after the other.</summary>
    public bool ParallelBranches { get; init; }

    /// <summary>Factor of what attention and MLP add to the stream.</summary>
    public float ResidualScale { get; init; } = 1;

    /// <summary>Which norms queries and keys get before they are turned.</summary>
    public QueryKeyNorm QueryKeyNorm { get; init; }

    /// <summary>Whether the projections to queries, keys and values have biases.</summary>
    public bool QueryKeyValueBias { get; init; }

    /// <summary>Whether the projection out of attention has a bias.</summary>
    public bool AttentionOutputBias { get; init; }

    /// <summary>Factor of the scores of attention; null is 1 / √(head size).</summary>
    public float? AttentionScale { get; init; }

    /// <summary>Scores of attention become cap · tanh(score / cap); null leaves them.</summary>
    public float? AttentionSoftCap { get; init; }

    /// <summary>Whether the projections of the MLP have biases.</summary>
    public bool MlpBias { get; init; }

    /// <summary>The experts of the layers that have some; null for a model without.</summary>
    public ExpertSettings? Experts { get; init; }

    /// <summary>Whether the output matrix has a bias.</summary>
    public bool OutputBias { get; init; }

    /// <summary>Factor of the logits.</summary>
    public float LogitScale { get; init; } = 1;

    /// <summary>Logits become cap · tanh(logit / cap); null leaves them.</summary>
    public float? LogitSoftCap { get; init; }

    /// <summary>Where layers differ from each other: one entry for each layer, or none where all are alike.</summary>
    public IReadOnlyList<LayerSettings> LayerSettings { get; init; } = [];

    /// <summary>What a layer is like.</summary>
    /// <param name="layer">Its number, from 0.</param>
    internal LayerSettings Layer(int layer) => LayerSettings.Count == 0
        ? new LayerSettings { Rope = Rope, HasExperts = Experts is not null }
        : LayerSettings[layer];

    /// <summary>The same with one sliding window for all layers, or with none.</summary>
    internal TransformerConfig WithWindow(int? window) => window is null ? this : this with
    {
        LayerSettings = Families.LayerTypes.Describe(Layers, layer => Layer(layer) with { Window = window }),
    };

    /// <summary>What makes this configuration impossible, as the end of a sentence; null where nothing does.</summary>
    internal string? FindProblem()
    {
        (string Name, int Value)[] sizes =
        [
            ("the hidden size", HiddenSize), ("the number of layers", Layers), ("the number of heads", Heads),
            ("the number of key/value heads", KeyValueHeads), ("the head size", HeadSize), ("the intermediate size", IntermediateSize),
            ("the vocabulary size", VocabularySize), ("the context length", ContextLength), ("the embedding size", EmbeddingSize ?? 1),
            ("the number of experts", Experts?.Count ?? 1), ("the number of experts of a token", Experts?.PerToken ?? 1),
            ("the intermediate size of experts", Experts?.IntermediateSize ?? 1),
        ];
        foreach ((string name, int value) in sizes)
        {
            if (value <= 0)
            {
                return $"{name} is {value}, but must be positive";
            }
        }

        // Matrices of several parts, such as gate and up, have a multiple of a size.
        int largest = Math.Max(Math.Max(HiddenSize, IntermediateSize), Experts?.IntermediateSize ?? 0);
        if (largest > int.MaxValue / 4)
        {
            return $"a hidden or intermediate size is {largest}, but {int.MaxValue / 4} is the most";
        }

        return Layers > MostLayers ? $"the number of layers is {Layers}, but {MostLayers} is the most"
            : (long)ContextLength + PositionOffset > int.MaxValue ? $"the context length is {ContextLength}, which is too large"
            : (long)Heads * HeadSize > int.MaxValue / 4 ? $"{Heads} heads of {HeadSize} values are too many or too large"
            : Heads % KeyValueHeads != 0 ? $"{Heads} heads cannot be shared by {KeyValueHeads} key/value heads"
            : NormEpsilon < 0 ? $"the norm epsilon is {NormEpsilon}, but must be at least 0"
            : !((float[])[EmbeddingScale, ResidualScale, AttentionScale ?? 1, LogitScale]).All(float.IsFinite)
                ? "a factor of embeddings, residuals, scores or logits is not a finite number"
            : AttentionSoftCap <= 0 || LogitSoftCap <= 0 ? "a soft cap is not positive"
            : Experts is { } experts && experts.PerToken > experts.Count ? $"a token asks for {experts.PerToken} of {experts.Count} experts"
            : LayerSettings.Count != 0 && LayerSettings.Count != Layers ? $"{LayerSettings.Count} of {Layers} layers are described"
            : LayerSettings.Select(layer => layer.Rope).Append(Rope).OfType<RopeSettings>().Distinct().Select(rope => rope.FindProblem(HeadSize))
                .Concat(LayerSettings.Select(layer => layer.FindProblem())).FirstOrDefault(problem => problem is not null);
    }
}
