using System.Security.Cryptography;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Tests.Models;

namespace Ibke.Runtime.Tests.Checkpoints;

public sealed class CheckpointTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_SingleFile_GivesTensorsHashAndSize()
    {
        Write("model.safetensors", "b", "a");
        byte[] bytes = File.ReadAllBytes(_folder["model.safetensors"]);

        using Checkpoint checkpoint = Checkpoint.Open(_folder.Path);

        Assert.Equal(["a", "b"], checkpoint.Names);
        Assert.Equal(bytes.Length, checkpoint.Bytes);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), checkpoint.ContentHash);
        Assert.Equal(new TensorShape(2), checkpoint.Get("a").Shape);
    }

    [Fact]
    public void Open_Shards_GivesTheTensorsOfAll()
    {
        Write("model-2.safetensors", "b");
        Write("model-1.safetensors", "a", "spare");
        WriteIndex("""{"weight_map":{"b":"model-2.safetensors","a":"model-1.safetensors"}}""");
        byte[] inOrder = [.. File.ReadAllBytes(_folder["model-1.safetensors"]), .. File.ReadAllBytes(_folder["model-2.safetensors"])];

        using Checkpoint checkpoint = Checkpoint.Open(_folder.Path);

        Assert.Equal(["a", "b"], checkpoint.Names);
        Assert.Equal("b", checkpoint.Get("b").Name);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(inOrder)), checkpoint.ContentHash);
    }

    [Theory]
    [InlineData("""{"weight_map":{"b":"model-2.safetensors"}}""", "the shard is missing; 'model.safetensors.index.json' wants 'b'")]
    [InlineData("""{"weight_map":{"b":"model-1.safetensors"}}""", "'b' is said to be in 'model-1.safetensors', but is not there")]
    [InlineData("""{"weight_map":{"b":"../model-1.safetensors"}}""", "which is no file name")]
    [InlineData("""{"weight_map":{"b":"model-1\u0000.safetensors"}}""", "which is no file name")]
    [InlineData("""{"weight_map":{"b":7}}""", "'weight_map.b' must be a text, found 7")]
    [InlineData("""{"weights":{}}""", "there is no 'weight_map'")]
    [InlineData("""{"weight_map":""", "not JSON")]
    public void Open_IndexThatDoesNotFitTheShards_SaysSo(string index, string expected)
    {
        Write("model-1.safetensors", "a");
        WriteIndex(index);

        Assert.Contains(expected, Assert.Throws<CheckpointException>(() => Checkpoint.Open(_folder.Path)).Message);
    }

    [Fact]
    public void Open_NoWeights_SaysWhatIsThereInstead()
    {
        Assert.Contains("neither model.safetensors", Assert.Throws<CheckpointException>(() => Checkpoint.Open(_folder.Path)).Message);

        File.WriteAllText(_folder["pytorch_model.bin"], "");
        Assert.Contains("Convert pytorch_model.bin", Assert.Throws<CheckpointException>(() => Checkpoint.Open(_folder.Path)).Message);
    }

    [Fact]
    public void Open_MissingFolder_SaysSo() =>
        Assert.Contains("folder does not exist", Assert.Throws<CheckpointException>(() => Checkpoint.Open(_folder["none"])).Message);

    [Fact]
    public void Get_MissingTensor_NamesItAndSimilarOnes()
    {
        Write("model.safetensors", "model.layers.0.mlp.up_proj.weight", "lm_head.weight");
        using Checkpoint checkpoint = Checkpoint.Open(_folder.Path);

        CheckpointException error = Assert.Throws<CheckpointException>(() => checkpoint.Get("layers.0.mlp.up_proj.weight"));

        Assert.Contains("no tensor 'layers.0.mlp.up_proj.weight'", error.Message);
        Assert.Contains("similar: 'model.layers.0.mlp.up_proj.weight'", error.Message);
        Assert.False(checkpoint.TryGet("layers.0.mlp.up_proj.weight", out _));
    }

    [Fact]
    public void Get_TensorOver2GiB_IsReadInPlace()
    {
        const long Columns = 4096, Rows = 131_073;
        const long Bytes = Rows * Columns * sizeof(float);
        byte[] head = SafetensorsBytes.Of(
            $$$"""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"large":{"dtype":"F32","shape":[{{{Rows}}},{{{Columns}}}],"data_offsets":[4,{{{4 + Bytes}}}]}}""", 4);
        using (FileStream stream = File.Create(_folder["model.safetensors"]))
        {
            // All but the ends is a hole that takes no room.
            stream.Write(head);
            stream.Position = head.Length + Bytes - 4;
            stream.Write(BitConverter.GetBytes(2.5f));
        }

        using Checkpoint checkpoint = Checkpoint.Open(_folder.Path);
        Assert.Equal([0, 1, 2, 3], checkpoint.Get("a").Bytes.ToArray());
        StoredTensor large = checkpoint.Get("large");
        Assert.Equal(Bytes, large.Bytes.Length);
        using Tensor table = TestEngine.Shared.Load(large);
        using Tensor rows = TestEngine.Shared.Operations.Embedding(table, [131_072, 131_071]);

        Assert.Equal([.. Enumerable.Repeat(0f, 4095), 2.5f, .. Enumerable.Repeat(0f, 4096)], rows.ToArray());
        Assert.Throws<InvalidOperationException>(() => large.Bytes.ToArray());
        byte[] last = new byte[4];
        large.Bytes.CopyTo(Bytes - 4, last);
        Assert.Equal(2.5f, BitConverter.ToSingle(last));
        Assert.Throws<ArgumentOutOfRangeException>(() => large.Bytes.CopyTo(Bytes - 3, last));
    }

    [Fact]
    public void Get_VeryLongName_ComparesNoNames()
    {
        Write("model.safetensors", "weight");
        using Checkpoint checkpoint = Checkpoint.Open(_folder.Path);

        Assert.DoesNotContain("similar", Assert.Throws<CheckpointException>(() => checkpoint.Get(new string('x', 400) + "weight")).Message);
    }

    [Fact]
    public void Get_TensorOfIntegers_NamesItsType()
    {
        File.WriteAllBytes(
            _folder["model.safetensors"], SafetensorsBytes.Of("""{"mask":{"dtype":"BOOL","shape":[4],"data_offsets":[0,4]}}""", 4));
        using Checkpoint checkpoint = Checkpoint.Open(_folder.Path);

        Assert.Empty(checkpoint.Names);
        Assert.Contains("'mask' is stored as BOOL", Assert.Throws<CheckpointException>(() => checkpoint.Get("mask")).Message);
    }

    [Fact]
    public void Dispose_TensorsTakenOut_StayReadable()
    {
        Write("model.safetensors", "a");
        Checkpoint checkpoint = Checkpoint.Open(_folder.Path);
        StoredTensor tensor = checkpoint.Get("a");

        checkpoint.Dispose();

        Assert.Equal(8, tensor.Bytes.ToArray().Length);
        Assert.Throws<ObjectDisposedException>(() => checkpoint.Get("a"));
    }

    private void Write(string file, params string[] names) => SafetensorsWriter.Write(
        _folder[file], names.Select(name => new StoredTensor(name, ElementType.Float32, new TensorShape(2), new byte[8])));

    private void WriteIndex(string json) => File.WriteAllText(_folder["model.safetensors.index.json"], json);
}
