using System.Text.Json.Nodes;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Models;
using Ibke.Runtime.Models.Families;

namespace Ibke.Runtime.Tests.Models.Families;

/// <summary>A small configuration of every family, and of forms and options that change what its weights are or how they are used.</summary>
internal static class FamilyCases
{
    private const string Sizes =
        "\"hidden_size\":24,\"num_hidden_layers\":3,\"num_attention_heads\":4,\"intermediate_size\":40,\"vocab_size\":96,\"max_position_embeddings\":64";

    private const string Grouped = Sizes + ",\"num_key_value_heads\":2";

    private static readonly Dictionary<string, string> _all = new(StringComparer.Ordinal)
    {
        ["gpt2"] = """{"architectures":["GPT2LMHeadModel"],"n_embd":24,"n_layer":3,"n_head":4,"vocab_size":96,"n_positions":64}""",
        ["gpt2-by-layer"] = """
            {"architectures":["GPT2LMHeadModel"],"n_embd":24,"n_layer":3,"n_head":3,"vocab_size":96,"n_positions":64,"n_inner":40,
             "scale_attn_by_inverse_layer_idx":true,"tie_word_embeddings":false}
            """,
        ["gptj"] = """{"architectures":["GPTJForCausalLM"],"n_embd":24,"n_layer":3,"n_head":2,"vocab_size":96,"n_positions":64,"rotary_dim":4}""",
        ["gpt_neox"] = $$"""{"architectures":["GPTNeoXForCausalLM"],{{Sizes}},"rotary_pct":0.34}""",
        ["gpt_neox-sequential"] = $$"""{"architectures":["GPTNeoXForCausalLM"],{{Sizes}},"rotary_pct":1,"use_parallel_residual":false,"attention_bias":false}""",
        ["opt"] = $$"""{"architectures":["OPTForCausalLM"],{{Sizes}},"ffn_dim":40}""",
        ["opt-narrow"] = $$"""{"architectures":["OPTForCausalLM"],{{Sizes}},"ffn_dim":40,"word_embed_proj_dim":16,"do_layer_norm_before":false}""",
        ["opt-bare"] = $$"""{"architectures":["OPTForCausalLM"],{{Sizes}},"ffn_dim":40,"enable_bias":false,"layer_norm_elementwise_affine":false}""",
        ["llama"] = $$"""{"architectures":["LlamaForCausalLM"],{{Grouped}}}""",
        ["llama-bias"] = $$"""{"architectures":["LlamaForCausalLM"],{{Grouped}},"head_dim":8,"attention_bias":true,"mlp_bias":true,"tie_word_embeddings":true}""",
        ["mistral"] = $$"""{"architectures":["MistralForCausalLM"],{{Grouped}},"sliding_window":5}""",
        ["mixtral"] = $$"""{"architectures":["MixtralForCausalLM"],{{Grouped}},"num_local_experts":4,"sliding_window":5}""",
        ["qwen2"] = $$"""
            {"architectures":["Qwen2ForCausalLM"],{{Grouped}},"use_sliding_window":true,"sliding_window":5,"max_window_layers":1}
            """,
        ["qwen3"] = $$"""{"architectures":["Qwen3ForCausalLM"],{{Grouped}},"head_dim":10,"attention_bias":true}""",
        ["qwen3_moe"] = $$"""
            {"architectures":["Qwen3MoeForCausalLM"],{{Grouped}},"num_experts":5,"num_experts_per_tok":2,"moe_intermediate_size":20,"mlp_only_layers":[2]}
            """,
        ["gemma2"] = $$"""{"architectures":["Gemma2ForCausalLM"],{{Grouped}},"head_dim":8,"query_pre_attn_scalar":12,"sliding_window":5}""",
        ["gemma3"] = $$"""{"architectures":["Gemma3ForCausalLM"],{{Grouped}},"head_dim":8,"sliding_window":5,"sliding_window_pattern":2}""",
        ["gemma3-images"] = $$"""
            {"architectures":["Gemma3ForConditionalGeneration"],"text_config":{{{Grouped}},"head_dim":8,"sliding_window":5,"sliding_window_pattern":2} }
            """,
        ["phi"] = $$"""{"architectures":["PhiForCausalLM"],{{Grouped}},"partial_rotary_factor":0.67,"qk_layernorm":true}""",
        ["phi3"] = $$"""{"architectures":["Phi3ForCausalLM"],{{Grouped}},"partial_rotary_factor":0.67,"sliding_window":5}""",
        ["olmo2"] = $$"""{"architectures":["Olmo2ForCausalLM"],{{Grouped}}}""",
        ["granite"] = $$"""
            {"architectures":["GraniteForCausalLM"],{{Grouped}},"embedding_multiplier":3,"attention_multiplier":0.2,"residual_multiplier":0.6,"logits_scaling":1.7}
            """,
        ["smollm3"] = $$"""
            {"architectures":["SmolLM3ForCausalLM"],{{Grouped}},"no_rope_layer_interval":2,"use_sliding_window":true,"sliding_window":5}
            """,
        ["starcoder2"] = $$"""{"architectures":["Starcoder2ForCausalLM"],{{Grouped}},"sliding_window":5}""",
        ["cohere2"] = $$"""{"architectures":["Cohere2ForCausalLM"],{{Grouped}},"sliding_window":5,"sliding_window_pattern":2}""",
    };

    /// <summary>The names of all cases.</summary>
    public static IEnumerable<string> Names => _all.Keys;

    /// <summary>In place of a value: the key is left out.</summary>
    public static JsonNode Missing { get; } = new JsonObject();

    /// <summary>The <c>config.json</c> of a case.</summary>
    public static string Json(string name) => _all[name];

    /// <summary>The configuration of a case, with one key set differently if there is a key.</summary>
    public static TransformerConfig Read(string name, string? key = null, JsonNode? value = null) =>
        ReadWith(name, key is null ? [] : [(key, value)]);

    /// <summary>The configuration of a case, with some keys set differently.</summary>
    public static TransformerConfig ReadWith(string name, params (string Key, JsonNode? Value)[] changes)
    {
        using TemporaryFolder folder = new();
        JsonObject json = JsonNode.Parse(_all[name])!.AsObject();
        foreach ((string key, JsonNode? value) in changes)
        {
            if (ReferenceEquals(value, Missing))
            {
                json.Remove(key);
            }
            else
            {
                json[key] = value;
            }
        }

        File.WriteAllText(folder["config.json"], json.ToJsonString());
        return ModelFamilies.ReadConfig(ConfigFile.Open(folder.Path));
    }
}
