namespace Ibke.Runtime.Models.Families;

/// <summary>
/// The names of a family's tensors, without <c>.weight</c> and <c>.bias</c>, and how they are stored. What a family gives no name, its
/// models do not have.
/// </summary>
internal sealed record WeightNames
{
    /// <summary>
    /// What all names but that of the output matrix begin with. Checkpoints differ in it, for a network is also saved without the model around
    /// it: the first with which the embedding is there is taken.
    /// </summary>
    public required IReadOnlyList<string> Prefixes { get; init; }

    /// <summary>The embedding.</summary>
    public required string Embedding { get; init; }

    /// <summary>The projection of its rows to the hidden size.</summary>
    public string? EmbeddingProjection { get; init; }

    /// <summary>The table of learned positions.</summary>
    public string? Positions { get; init; }

    /// <summary>The final norm.</summary>
    public required string FinalNorm { get; init; }

    /// <summary>The projection of the last stream to the size of the embedding.</summary>
    public string? OutputProjection { get; init; }

    /// <summary>The output matrix, which a tied model does not have.</summary>
    public required string Output { get; init; }

    /// <summary>The beginning of the names of a block, with <c>{0}</c> for its number. All that follow come after it.</summary>
    public required string Block { get; init; }

    /// <summary>The norm before attention, or after its sum with the stream.</summary>
    public string? AttentionNorm { get; init; }

    /// <summary>The query projection.</summary>
    public string Query { get; init; } = "";

    /// <summary>The key projection.</summary>
    public string Key { get; init; } = "";

    /// <summary>The value projection.</summary>
    public string Value { get; init; } = "";

    /// <summary>One matrix in place of the three: the rows of queries, then of keys, then of values.</summary>
    public string? QueryKeyValue { get; init; }

    /// <summary>Whether each head has its own three groups of rows in that matrix.</summary>
    public bool QueryKeyValueByHead { get; init; }

    /// <summary>The norm of queries.</summary>
    public string QueryNorm { get; init; } = "";

    /// <summary>The norm of keys.</summary>
    public string KeyNorm { get; init; } = "";

    /// <summary>The projection out of attention.</summary>
    public required string AttentionOutput { get; init; }

    /// <summary>The norm of what attention gives.</summary>
    public string? AttentionOutputNorm { get; init; }

    /// <summary>The norm before the MLP, or after its sum with the stream.</summary>
    public string? MlpNorm { get; init; }

    /// <summary>The gate of the MLP.</summary>
    public string? Gate { get; init; }

    /// <summary>The projection into the MLP.</summary>
    public string Up { get; init; } = "";

    /// <summary>One matrix in place of both: the rows of the gate, then those into the MLP.</summary>
    public string? GateUp { get; init; }

    /// <summary>The projection out of the MLP.</summary>
    public required string Down { get; init; }

    /// <summary>The norm of what the MLP gives.</summary>
    public string? MlpOutputNorm { get; init; }

    /// <summary>The router to the experts.</summary>
    public string Router { get; init; } = "";

    /// <summary>The beginning of the names of an expert, with <c>{0}</c> for its number. The three that follow come after it.</summary>
    public string Expert { get; init; } = "";

    /// <summary>The gate of an expert.</summary>
    public string ExpertGate { get; init; } = "";

    /// <summary>The projection into an expert.</summary>
    public string ExpertUp { get; init; } = "";

    /// <summary>The projection out of an expert.</summary>
    public string ExpertDown { get; init; } = "";

    /// <summary>Whether the matrices of blocks are stored as [in, out].</summary>
    public bool TransposedMatrices { get; init; }

    /// <summary>The names that Llama has and that many families share.</summary>
    public static WeightNames Llama { get; } = new()
    {
        Prefixes = ["model.", ""],
        Embedding = "embed_tokens",
        FinalNorm = "norm",
        Output = "lm_head",
        Block = "layers.{0}.",
        AttentionNorm = "input_layernorm",
        Query = "self_attn.q_proj",
        Key = "self_attn.k_proj",
        Value = "self_attn.v_proj",
        QueryNorm = "self_attn.q_norm",
        KeyNorm = "self_attn.k_norm",
        AttentionOutput = "self_attn.o_proj",
        MlpNorm = "post_attention_layernorm",
        Gate = "mlp.gate_proj",
        Up = "mlp.up_proj",
        Down = "mlp.down_proj",
    };
}
