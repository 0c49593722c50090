using Ibke.Runtime.Models;

namespace Ibke.Cli.Inspecting;

/// <summary>The parts of a network in words.</summary>
internal static class ConfigDescription
{
    /// <summary>One row for each part; options that are as in most models are left out.</summary>
    public static IEnumerable<(string Name, string Value)> Parts(TransformerConfig config)
    {
        yield return ("layers", Listed(
            $"{config.Layers} of hidden size {config.HiddenSize}", config.ParallelBranches ? "attention and MLP in parallel" : null,
            Factor(config.ResidualScale, "residuals"), config.EmbeddingSize is { } size && size != config.HiddenSize ? $"embedding of {size}, projected" : null,
            Factor(config.EmbeddingScale, "embedding")));
        yield return ("norms", Listed(
            $"{config.Norm}", config.NormAfterSum ? "after the sums" : null, config.FinalNorm ? null : "none at the end",
            config.QueryKeyNorm == QueryKeyNorm.None ? null : $"queries and keys ({config.QueryKeyNorm})"));
        yield return ("attention", Listed(
            $"{config.Heads} heads of {config.HeadSize}, {config.KeyValueHeads} for keys and values", Biases(config), Windows(config),
            config.AttentionScale is { } scale ? $"scores × {scale:g4}" : null, config.AttentionSoftCap is { } cap ? $"scores capped at {cap:g4}" : null));
        yield return ("positions", Positions(config));
        yield return ("MLP", Listed(
            $"{config.IntermediateSize} ({config.Activation})", config.MlpBias ? "with biases" : null, Experts(config)));
        yield return ("context", $"{config.ContextLength} tokens");
        yield return ("output matrix", Listed(
            config.TiedEmbeddings ? "the embedding" : "its own", config.OutputBias ? "with bias" : null, Factor(config.LogitScale, "logits"),
            config.LogitSoftCap is { } logits ? $"logits capped at {logits:g4}" : null));
    }

    private static string Listed(params string?[] parts) => string.Join(", ", parts.Where(part => part is not null));

    private static string? Factor(float factor, string name) => factor == 1 ? null : $"{name} × {factor:g4}";

    private static string? Biases(TransformerConfig config) => (config.QueryKeyValueBias, config.AttentionOutputBias) switch
    {
        (true, true) => "with biases",
        (true, false) => "with biases on queries, keys and values",
        (false, true) => "with a bias on the output",
        _ => null,
    };

    private static string? Windows(TransformerConfig config)
    {
        int[] windows = [.. config.LayerSettings.Where(layer => layer.Window is not null).Select(layer => layer.Window!.Value)];
        return windows.Length == 0 ? null
            : $"window of {string.Join(" and ", windows.Distinct())} in {(windows.Length == config.Layers ? "all" : $"{windows.Length} of {config.Layers}")} layers";
    }

    private static string Positions(TransformerConfig config)
    {
        RopeSettings?[] layers = config.LayerSettings.Count == 0 ? [config.Rope] : [.. config.LayerSettings.Select(layer => layer.Rope)];
        RopeSettings[] ropes = [.. layers.OfType<RopeSettings>().Distinct()];
        int without = layers.Count(rope => rope is null);
        return ropes.Length == 0
            ? "learned"
            : Listed(
                "rotary " + string.Join(" and ", ropes.Select(rope => $"base {rope.Theta:0} ({rope.Kind}{(rope.Kind == RopeKind.Default ? "" : $" × {rope.Factor:g4}")})")),
                ropes[0].Size is { } size && size != config.HeadSize ? $"{size} elements of a head" : null,
                ropes[0].Interleaved ? "neighbouring pairs" : null,
                without > 0 ? $"none in {without} layers" : null);
    }

    private static string? Experts(TransformerConfig config)
    {
        if (config.Experts is not { } experts)
        {
            return null;
        }

        int layers = config.LayerSettings.Count == 0 ? config.Layers : config.LayerSettings.Count(layer => layer.HasExperts);
        return $"{experts.PerToken} of {experts.Count} experts of {experts.IntermediateSize} in {(layers == config.Layers ? "all" : $"{layers} of {config.Layers}")} layers";
    }
}
