using System.Runtime.InteropServices;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Tests.Models;

public sealed class WeightLoaderTests : IDisposable
{
    private const string Norm = "model.layers.1.input_layernorm.weight";

    private readonly TemporaryFolder _folder = new();
    private readonly List<StoredTensor> _tensors;

    public WeightLoaderTests()
    {
        using RandomModel model = new(RandomModel.TinyConfig);
        _tensors = [.. model.Transformer.Parameters.Select(pair => Stored(pair.Key, pair.Value.Shape, pair.Value.ToArray()))];
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_CompleteCheckpoint_HasAllParameters() => Assert.Equal(21, Load(RandomModel.TinyConfig));

    [Fact]
    public void Load_OldBuffersAndTiedOutput_AreIgnored()
    {
        _tensors.Add(Stored("model.layers.0.self_attn.rotary_emb.inv_freq", new TensorShape(4), [1, 1, 1, 1]));

        Assert.Equal(20, Load(RandomModel.TinyConfig with { TiedEmbeddings = true }));
    }

    [Fact]
    public void Load_MissingTensors_NamesThemWithTheirShapes()
    {
        _tensors.RemoveAll(tensor => tensor.Name is Norm or "lm_head.weight");

        string message = Failure(RandomModel.TinyConfig);

        Assert.Contains($"{Norm} [32] is missing", message);
        Assert.Contains("lm_head.weight [96, 32] is missing", message);
    }

    [Fact]
    public void Load_FarTooManyLayers_StopsEarly() => Assert.Contains(
        "model.layers.2.input_layernorm.weight [32] is missing", Failure(RandomModel.TinyConfig with { Layers = int.MaxValue }));

    [Fact]
    public void Load_WrongShape_NamesBothShapes() => Assert.Contains(
        "model.layers.0.mlp.up_proj.weight has the shape [48, 32], but the configuration asks for [40, 32]",
        Failure(RandomModel.TinyConfig with { IntermediateSize = 40 }));

    [Fact]
    public void Load_BiasThatTheConfigurationDenies_IsRefused()
    {
        _tensors.Add(Stored("model.layers.0.self_attn.q_proj.bias", new TensorShape(32), new float[32]));

        Assert.Contains("model.layers.0.self_attn.q_proj.bias is there", Failure(RandomModel.TinyConfig));
    }

    [Fact]
    public void Load_BiasThatIsMissing_IsNamed() => Assert.Contains(
        "model.layers.1.mlp.down_proj.bias [32] is missing", Failure(RandomModel.TinyConfig with { MlpBias = true }));

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Load_ValueThatIsNotFinite_NamesTensorAndPlace(float value)
    {
        foreach (int index in (int[])[0, 7, 31])
        {
            float[] values = [.. Enumerable.Repeat(1f, 32)];
            values[index] = value;
            Replace(Stored(Norm, new TensorShape(32), values));

            Assert.Contains($"{Norm} holds NaN or an infinity, first at index {index}", Failure(RandomModel.TinyConfig));
        }
    }

    [Theory]
    [InlineData(ElementType.Float16, 0x7C00)]
    [InlineData(ElementType.Float16, 0xFE01)]
    [InlineData(ElementType.BFloat16, 0x7F80)]
    [InlineData(ElementType.BFloat16, 0xFFC0)]
    public void Load_HalfValueThatIsNotFinite_NamesTensorAndPlace(ElementType type, int bits)
    {
        ushort[] values = new ushort[32];
        values[29] = (ushort)bits;
        Replace(new StoredTensor(Norm, type, new TensorShape(32), MemoryMarshal.AsBytes(values.AsSpan()).ToArray()));

        Assert.Contains($"{Norm} holds NaN or an infinity, first at index 29", Failure(RandomModel.TinyConfig));
    }

    private static StoredTensor Stored(string name, TensorShape shape, float[] values) =>
        new(name, ElementType.Float32, shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    private void Replace(StoredTensor tensor)
    {
        _tensors.RemoveAll(old => old.Name == tensor.Name);
        _tensors.Add(tensor);
    }

    private int Load(TransformerConfig config)
    {
        SafetensorsWriter.Write(_folder["model.safetensors"], _tensors);
        using Checkpoint checkpoint = Checkpoint.Open(_folder.Path);
        using Transformer transformer = Transformer.Load(checkpoint, config, TestEngine.Shared);
        return transformer.Parameters.Count;
    }

    private string Failure(TransformerConfig config) => Assert.Throws<CheckpointException>(() => Load(config)).Message;
}
