using System.Text.Json.Nodes;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Models;

namespace Ibke.Runtime.Tests.Models.Families;

/// <summary>What the options of configurations mean, in the forms that published files have them.</summary>
public sealed class FamilyOptionTests
{
    private static readonly int[] _ids = [5, 17, 90, 3, 3, 41, 8, 60, 22, 5, 71];

    [Theory]
    [InlineData("mistral", null, null, "5,5,5")]
    [InlineData("mistral", "sliding_window", "null", "-,-,-")]
    [InlineData("mistral", "sliding_window", "missing", "4096,4096,4096")]
    [InlineData("mixtral", "sliding_window", "missing", "-,-,-")]
    [InlineData("qwen2", null, null, "-,5,5")]
    [InlineData("qwen2", "use_sliding_window", "false", "-,-,-")]
    [InlineData("qwen2", "max_window_layers", "missing", "-,-,-")]
    [InlineData("qwen2", "layer_types", """["sliding_attention","full_attention","sliding_attention"]""", "5,-,5")]
    [InlineData("qwen3", "layer_types", """["sliding_attention","full_attention","sliding_attention"]""", "-,-,-")]
    [InlineData("gemma2", null, null, "5,-,5")]
    [InlineData("gemma2", "layer_types", """["full_attention","full_attention","sliding_attention"]""", "-,-,5")]
    [InlineData("gemma3", null, null, "5,-,5")]
    [InlineData("gemma3", "sliding_window_pattern", "missing", "5,5,5")]
    [InlineData("smollm3", null, null, "-,5,-")]
    [InlineData("smollm3", "use_sliding_window", "false", "-,-,-")]
    [InlineData("starcoder2", "sliding_window", "null", "-,-,-")]
    [InlineData("phi3", "sliding_window", "missing", "-,-,-")]
    [InlineData("cohere2", null, null, "5,-,5")]
    public void ReadConfig_SlidingWindow_IsThatOfEachLayer(string name, string? key, string? value, string expected)
    {
        TransformerConfig config = Read(name, key, value);

        Assert.Equal(expected, string.Join(',', Enumerable.Range(0, 3).Select(layer => config.Layer(layer).Window?.ToString() ?? "-")));
    }

    [Theory]
    [InlineData("smollm3", null, null, "10")]
    [InlineData("smollm3", "no_rope_layers", "[0,1,1,1]", "011")]
    [InlineData("cohere2", null, null, "101")]
    [InlineData("gpt2", null, null, "000")]
    [InlineData("llama", null, null, "111")]
    public void ReadConfig_RotaryEmbedding_IsThatOfEachLayer(string name, string? key, string? value, string expected)
    {
        TransformerConfig config = Read(name, key, value);

        string turns = string.Concat(Enumerable.Range(0, 3).Select(layer => config.Layer(layer).Rope is null ? '0' : '1'));
        Assert.StartsWith(expected, turns);
    }

    [Theory]
    [InlineData("phi", "partial_rotary_factor", 0.7, 4)]
    [InlineData("phi3", "partial_rotary_factor", 0.34, 2)]
    [InlineData("gpt_neox", "rotary_pct", 0.7, 4)]
    [InlineData("llama", "partial_rotary_factor", 0.7, 4)]
    [InlineData("gptj", "rotary_dim", 6, 6)]
    public void ReadConfig_PartOfTheHead_IsTurned(string name, string key, double value, int expected)
    {
        RopeSettings rope = FamilyCases.Read(name, key, value).Rope!;

        Assert.Equal(expected, rope.Size);
        Assert.Equal(name is "gptj", rope.Interleaved);
    }

    [Fact]
    public void ReadConfig_Gemma3_LocalLayersIgnoreTheScalingInBothForms()
    {
        TransformerConfig classical = FamilyCases.Read("gemma3", "rope_scaling", JsonNode.Parse("""{"rope_type":"linear","factor":8}"""));
        TransformerConfig nested = FamilyCases.Read("gemma3", "rope_parameters", JsonNode.Parse("""
            {"full_attention":{"rope_type":"linear","factor":8,"rope_theta":1000000},"sliding_attention":{"rope_type":"default","rope_theta":10000}}
            """));

        foreach (TransformerConfig config in (TransformerConfig[])[classical, nested])
        {
            Assert.Equal((RopeKind.Default, 1e4), (config.Layer(0).Rope!.Kind, config.Layer(0).Rope!.Theta));
            Assert.Equal((RopeKind.Linear, 8, 1e6), (config.Layer(1).Rope!.Kind, config.Layer(1).Rope!.Factor, config.Layer(1).Rope!.Theta));
        }
    }

    [Fact]
    public void ReadConfig_Gemma2WithoutCaps_TakesTheirDefaultsUnlessTheyAreNull()
    {
        TransformerConfig missing = FamilyCases.Read("gemma2");
        TransformerConfig off = Read("gemma2", "attn_logit_softcapping", "null");

        Assert.Equal((50f, 30f), (missing.AttentionSoftCap, missing.LogitSoftCap));
        Assert.Equal((null, 30f), (off.AttentionSoftCap, off.LogitSoftCap));
    }

    [Fact]
    public void ReadConfig_Gemma3WithImages_TakesMissingSizesOfTheTextModel()
    {
        TransformerConfig config = FamilyCases.Read("gemma3-images", "text_config", new JsonObject { ["hidden_size"] = 2560 });

        Assert.Equal((2560, 26, 8, 4, 256), (config.HiddenSize, config.Layers, config.Heads, config.KeyValueHeads, config.HeadSize));
        Assert.Equal(262208, config.VocabularySize);
        Assert.True(config.TiedEmbeddings);
    }

    [Theory]
    [InlineData("qwen3_moe", null, null, "110")]
    [InlineData("qwen3_moe", "decoder_sparse_step", "2", "010")]
    [InlineData("qwen3_moe", "num_experts", "0", "000")]
    [InlineData("mixtral", null, null, "111")]
    public void ReadConfig_Experts_AreInTheLayersThatHaveThem(string name, string? key, string? value, string expected)
    {
        TransformerConfig config = Read(name, key, value);

        Assert.Equal(expected, string.Concat(Enumerable.Range(0, 3).Select(layer => config.Layer(layer).HasExperts ? '1' : '0')));
    }

    [Theory]
    [InlineData("qwen3_moe", "num_local_experts", 7)]
    [InlineData("qwen3_moe", "num_experts", 7)]
    [InlineData("mixtral", "num_local_experts", 7)]
    [InlineData("mixtral", "num_experts", 7)]
    public void ReadConfig_NumberOfExperts_HasTwoNames(string name, string key, int value) =>
        Assert.Equal(value, FamilyCases.Read(name, key, value).Experts!.Count);

    [Theory]
    [InlineData("llama", "llama3", 16, 8, 8)]
    [InlineData("llama", "llama3", 16, null, 16)]
    [InlineData("llama", "llama3", null, 8, 8)]
    [InlineData("llama", "llama3", null, null, 64)]
    [InlineData("phi3", "longrope", 16, 8, 8)]
    [InlineData("phi3", "longrope", 16, null, 4096)]
    public void ReadConfig_OriginalLength_OfTheTopLevelComesFirst(string name, string kind, int? beside, int? top, int expected)
    {
        JsonObject scaling = new()
        {
            ["rope_type"] = kind, ["factor"] = 2, ["low_freq_factor"] = 1, ["high_freq_factor"] = 4,
            ["short_factor"] = new JsonArray(1, 1), ["long_factor"] = new JsonArray(2, 2), ["original_max_position_embeddings"] = beside,
        };

        RopeSettings rope = FamilyCases.ReadWith(name, ("rope_scaling", scaling), ("original_max_position_embeddings", top)).Rope!;

        Assert.Equal(expected, rope.OriginalContextLength);
    }

    [Fact]
    public void ReadConfig_Phi3WithAttentionBias_HasNone()
    {
        TransformerConfig config = Read("phi3", "attention_bias", "true");

        Assert.False(config.QueryKeyValueBias || config.AttentionOutputBias);
    }

    [Fact]
    public void ReadConfig_Gemma3WithOneEntryForAllLayers_LeavesLocalLayersAlone()
    {
        TransformerConfig config = FamilyCases.Read("gemma3", "rope_parameters", JsonNode.Parse("""{"rope_type":"default","rope_theta":1000000}"""));

        Assert.Equal((1e4, 1e6), (config.Layer(0).Rope!.Theta, config.Layer(1).Rope!.Theta));
    }

    [Theory]
    [InlineData("phi3", """{"type":"yarn","short_factor":[1,1],"long_factor":[2,2]}""", RopeKind.LongRope)]
    [InlineData("phi3", """{"type":"su","short_factor":[1,1],"long_factor":[2,2]}""", RopeKind.LongRope)]
    [InlineData("llama", """{"type":"yarn","factor":2}""", RopeKind.Yarn)]
    public void ReadConfig_RopeKindOfTheFamily_IsTaken(string name, string scaling, RopeKind expected) =>
        Assert.Equal(expected, FamilyCases.Read(name, "rope_scaling", JsonNode.Parse(scaling)).Rope!.Kind);

    [Theory]
    [InlineData("""{"type":"yarn","factor":4,"original_max_position_embeddings":64}""", 256)]
    [InlineData("""{"type":"yarn","factor":4,"original_max_position_embeddings":16}""", 64)]
    [InlineData("""{"type":"dynamic","factor":2}""", 128)]
    [InlineData("""{"type":"linear","factor":4}""", 64)]
    public void ReadConfig_ScaledRope_ContextIsTheStretchedLength(string scaling, int expected) =>
        Assert.Equal(expected, FamilyCases.Read("llama", "rope_scaling", JsonNode.Parse(scaling)).ContextLength);

    [Theory]
    [InlineData("""{"type":"longrope","short_factor":[1,1,1],"long_factor":[2,2,2],"factor":16,"original_max_position_embeddings":16}""", 1.4142135)]
    [InlineData("""{"type":"longrope","short_factor":[1,1,1],"long_factor":[2,2,2],"factor":0.5,"original_max_position_embeddings":16}""", 1.0)]
    [InlineData("""{"type":"longrope","short_factor":[1,1,1],"long_factor":[2,2,2],"attention_factor":1.7,"factor":16}""", 1.7)]
    public void ReadConfig_LongRopeFactor_GivesTheAttentionFactor(string scaling, double expected) =>
        Assert.Equal(expected, FamilyCases.Read("llama", "rope_scaling", JsonNode.Parse(scaling)).Rope!.AttentionFactor!.Value, 6);

    [Theory]
    [InlineData("gpt2", "add_cross_attention", "true", "'add_cross_attention': true is not supported")]
    [InlineData("gptj", "rotary", "false", "'rotary': false is not supported")]
    [InlineData("gemma3", "use_bidirectional_attention", "true", "'use_bidirectional_attention': true is not supported")]
    [InlineData("olmo2", "clip_qkv", "8", "'clip_qkv': this option is not supported")]
    [InlineData("starcoder2", "norm_type", "\"rms_norm\"", "'norm_type': 'rms_norm' is not supported")]
    [InlineData("starcoder2", "mlp_type", "\"gated\"", "'mlp_type': 'gated' is not supported")]
    [InlineData("cohere2", "use_qk_norm", "true", "'use_qk_norm': true is not supported")]
    [InlineData("cohere2", "use_parallel_block", "false", "'use_parallel_block': false is not supported")]
    [InlineData("qwen2", "is_causal", "false", "'is_causal': false is not supported")]
    [InlineData("qwen3", "per_layer_config", """{"0":{"sliding_window":4}}""", "'per_layer_config': this option is not supported")]
    [InlineData("gemma3-images", "text_config", """{"is_causal":false}""", "'text_config.is_causal': false is not supported")]
    [InlineData("llama", "quantization_config", """{"quant_method":"awq"}""", "'quantization_config': this option is not supported")]
    [InlineData("qwen2", "layer_types", """["chunked_attention","full_attention","full_attention"]""", "the type 'chunked_attention' is not supported")]
    [InlineData("qwen3", "layer_types", """["full_attention"]""", "there are 1 types for 3 layers")]
    [InlineData("smollm3", "no_rope_layers", "[1]", "there are 1 entries for 3 layers")]
    [InlineData("qwen3_moe", "decoder_sparse_step", "0", "'decoder_sparse_step': it is 0")]
    [InlineData("qwen3_moe", "num_experts_per_tok", "6", "a token asks for 6 of 5 experts")]
    [InlineData("mistral", "sliding_window", "0", "the sliding window is 0, but must be positive")]
    [InlineData("granite", "logits_scaling", "0", "is not a finite number")]
    [InlineData("gemma2", "query_pre_attn_scalar", "-1", "is not a finite number")]
    [InlineData("gemma2", "final_logit_softcapping", "0", "a soft cap is not positive")]
    [InlineData("phi", "partial_rotary_factor", "0.5", "the rotary embedding turns 3 values of a head, but it turns pairs")]
    [InlineData("gptj", "rotary_dim", "14", "the rotary embedding turns 14 values of a head, which has 12")]
    [InlineData("llama", "num_hidden_layers", "20000", "the number of layers is 20000, but 10000 is the most")]
    [InlineData("mistral", "num_hidden_layers", "2000000000", "the number of layers is 2000000000")]
    [InlineData("gemma3-images", "text_config", "missing", "'text_config': it is missing")]
    [InlineData("opt", "max_position_embeddings", "2147483647", "the context length is 2147483647, which is too large")]
    [InlineData("phi3", "intermediate_size", "2147483647", "a hidden or intermediate size is 2147483647")]
    public void ReadConfig_NotSupportedOrNotPossible_NamesIt(string name, string key, string value, string expected) =>
        Assert.Contains(expected, Assert.Throws<CheckpointException>(() => Read(name, key, value)).Message);

    [Fact]
    public void Forward_WindowAsLongAsTheText_ChangesNothing()
    {
        using RandomModel plain = new(Read("mistral", "sliding_window", "null"));
        using RandomModel wide = new(FamilyCases.Read("mistral", "sliding_window", _ids.Length));
        using RandomModel narrow = new(FamilyCases.Read("mistral", "sliding_window", _ids.Length - 1));

        Assert.Equal(plain.Logits(WeightVersion.Base, _ids), wide.Logits(WeightVersion.Base, _ids));
        Assert.NotEqual(plain.Logits(WeightVersion.Base, _ids), narrow.Logits(WeightVersion.Base, _ids));
    }

    [Fact]
    public void Forward_ScoresByLayer_DivideThoseOfEachLayerByItsNumber()
    {
        TransformerConfig config = FamilyCases.Read("gpt2-by-layer");
        using RandomModel byLayer = new(config);
        using RandomModel alike = new(config with { LayerSettings = [] });
        using RandomModel first = new(config with { LayerSettings = [new(), config.Layer(1), config.Layer(2)] });

        Assert.Equal([1f, 1 / 2f, 1 / 3f], Enumerable.Range(0, 3).Select(layer => config.Layer(layer).AttentionFactor));
        Assert.NotEqual(alike.Logits(WeightVersion.Base, _ids), byLayer.Logits(WeightVersion.Base, _ids));
        Assert.Equal(first.Logits(WeightVersion.Base, _ids), byLayer.Logits(WeightVersion.Base, _ids));
    }

    [Fact]
    public void Forward_MorePositionsThanLearned_IsRefused()
    {
        using RandomModel model = new(FamilyCases.Read("gpt2", "n_positions", 8));

        ArgumentException error = Assert.Throws<ArgumentException>(() => model.Logits(WeightVersion.Base, _ids));

        Assert.Contains("11 positions, but the model has learned 8", error.Message);
    }

    private static TransformerConfig Read(string name, string? key, string? value) =>
        value == "missing" ? FamilyCases.Read(name, key, FamilyCases.Missing) : FamilyCases.Read(name, key, value is null ? null : JsonNode.Parse(value));
}
