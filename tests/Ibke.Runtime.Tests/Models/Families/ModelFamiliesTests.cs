using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Models;
using Ibke.Runtime.Models.Families;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Tests.Models.Families;

public sealed class ModelFamiliesTests : IDisposable
{
    private const string Sizes = """
        "architectures":["LlamaForCausalLM"],"hidden_size":32,"num_hidden_layers":2,"num_attention_heads":4,"intermediate_size":48,"vocab_size":96
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ReadConfig_OnlySizes_TakesTheDefaultsOfTheFamily()
    {
        TransformerConfig config = Read($"{{{Sizes}}}");

        Assert.Equal(4, config.KeyValueHeads);
        Assert.Equal(8, config.HeadSize);
        Assert.Equal(2048, config.ContextLength);
        Assert.Equal(Activation.Silu, config.Activation);
        Assert.Equal(RopeKind.Default, config.Rope!.Kind);
        Assert.Equal(10000, config.Rope!.Theta);
        Assert.False(config.TiedEmbeddings || config.QueryKeyValueBias || config.AttentionOutputBias || config.MlpBias);
    }

    [Theory]
    [InlineData("\"rope_theta\":5000,\"rope_scaling\":{\"type\":\"linear\",\"factor\":2}")]
    [InlineData("\"rope_theta\":5000,\"rope_scaling\":{\"rope_type\":\"linear\",\"factor\":2}")]
    [InlineData("\"rope_parameters\":{\"rope_type\":\"linear\",\"factor\":2,\"rope_theta\":5000}")]
    [InlineData("\"rope_theta\":5000,\"rope_parameters\":{\"rope_type\":\"linear\",\"factor\":2}")]
    public void ReadConfig_RopeInAnyForm_MeansTheSame(string rope)
    {
        RopeSettings settings = Read($"{{{Sizes},{rope}}}").Rope!;

        Assert.Equal(RopeKind.Linear, settings.Kind);
        Assert.Equal(5000, settings.Theta);
        Assert.Equal(2, settings.Factor);
    }

    [Fact]
    public void ReadConfig_DynamicRope_ReachesBeyondTheTrainedLength()
    {
        TransformerConfig config = Read($"{{{Sizes},\"max_position_embeddings\":32,\"rope_scaling\":{{\"type\":\"dynamic\",\"factor\":4}}}}");

        Assert.Equal(128, config.ContextLength);
        Assert.Equal(32, config.Rope!.OriginalContextLength);
    }

    [Theory]
    [InlineData("""{"architectures":["FooForCausalLM"]}""", "'FooForCausalLM' is not known. Known are GPT2LMHeadModel")]
    [InlineData("""{"hidden_size":32}""", "'architectures' is missing or empty")]
    [InlineData("""{"architectures":["LlamaForCausalLM"]}""", "'hidden_size' (a whole number) is missing")]
    [InlineData("{" + Sizes + ""","num_key_value_heads":3}""", "4 heads cannot be shared by 3 key/value heads")]
    [InlineData("""
        {"architectures":["Phi3ForCausalLM"],"hidden_size":32,"num_hidden_layers":2,"num_attention_heads":4,"intermediate_size":2147483647,"vocab_size":96}
        """, "a hidden or intermediate size is 2147483647")]
    [InlineData("{" + Sizes + ""","num_key_value_heads":0}""", "the number of key/value heads is 0, but must be positive")]
    [InlineData("{" + Sizes + ""","head_dim":7}""", "the head size 7 is odd")]
    [InlineData("{" + Sizes + ""","head_dim":1073741824}""", "4 heads of 1073741824 values are too many or too large")]
    [InlineData("{" + Sizes + ""","max_position_embeddings":-4}""", "the context length is -4, but must be positive")]
    [InlineData("{" + Sizes + ""","rms_norm_eps":-1}""", "the norm epsilon is -1")]
    [InlineData("{" + Sizes + ""","hidden_act":"sine"}""", "the activation 'sine' under 'hidden_act' is not known. Known are silu")]
    [InlineData("{" + Sizes + ""","rope_scaling":{"type":"spiral"}}""", "the rope kind 'spiral' is not known. Known are default, linear")]
    [InlineData("{" + Sizes + ""","rope_scaling":{"type":"linear"}}""", "'rope_scaling.factor' (a number) is missing")]
    [InlineData("{" + Sizes + ""","rope_scaling":{"type":"linear","factor":0.5}}""", "the rope factor is 0.5, but must be at least 1")]
    [InlineData("{" + Sizes + ""","rope_scaling":{"type":"longrope","short_factor":[1,1],"long_factor":[1,1,1,1]}}""", "2 short and 4 long rope factors are given, but a head has 4 pairs")]
    [InlineData("{" + Sizes + ""","original_max_position_embeddings":1,"rope_scaling":{"type":"longrope","short_factor":[1,1,1,1],"long_factor":[1,1,1,1]}}""", "the original context length is 1, but must be above 1")]
    public void ReadConfig_Unusable_SaysWhy(string json, string expected) =>
        Assert.Contains(expected, Assert.Throws<CheckpointException>(() => Read(json)).Message);

    private TransformerConfig Read(string json)
    {
        File.WriteAllText(_folder["config.json"], json);
        return ModelFamilies.ReadConfig(ConfigFile.Open(_folder.Path));
    }
}
