using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Tests.Checkpoints;

public sealed class SafetensorsWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_TensorsInAnotherOrder_GivesTheSameBytes()
    {
        StoredTensor a = Tensor("a", ElementType.BFloat16, 3);
        StoredTensor b = Tensor("b", ElementType.Float32, 2);
        SafetensorsWriter.Write(_folder["1"], [a, b]);
        SafetensorsWriter.Write(_folder["2"], [b, a]);

        Assert.Equal(File.ReadAllBytes(_folder["1"]), File.ReadAllBytes(_folder["2"]));
    }

    [Theory]
    [InlineData("same", "same")]
    [InlineData("other", "__metadata__")]
    public void Write_NameTwiceOrReserved_ThrowsAndLeavesTheFile(string first, string second)
    {
        File.WriteAllText(_folder["x"], "before");

        Assert.Throws<ArgumentException>(
            () => SafetensorsWriter.Write(_folder["x"], [Tensor(first, ElementType.Float32, 1), Tensor(second, ElementType.Float32, 1)]));

        Assert.Equal("before", File.ReadAllText(_folder["x"]));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Write_BytesThatDoNotFitTheShape_Throws()
    {
        StoredTensor wrong = new("a", ElementType.Float32, new TensorShape(3), new byte[8]);

        ArgumentException error = Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(_folder["x"], [wrong]));

        Assert.Contains("'a' is Float32 [3], but has 8 bytes", error.Message);
    }

    [Fact]
    public void Write_PlaceThatCannotBeReplaced_LeavesNothingBehind()
    {
        Directory.CreateDirectory(_folder["x"]);

        Assert.ThrowsAny<Exception>(() => SafetensorsWriter.Write(_folder["x"], [Tensor("a", ElementType.Float32, 1)]));

        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Write_OverTheFileThatTheTensorsAreMappedFrom_Replaces()
    {
        SafetensorsWriter.Write(_folder["x"], [Tensor("a", ElementType.Float32, 4)]);
        StoredTensor mapped = SafetensorsFile.Open(_folder["x"]).Tensors["a"];
        byte[] before = mapped.Bytes.ToArray();

        SafetensorsWriter.Write(_folder["x"], [mapped with { Name = "renamed" }]);

        Assert.Equal(before, SafetensorsFile.Open(_folder["x"]).Tensors["renamed"].Bytes.ToArray());
    }

    private static StoredTensor Tensor(string name, ElementType type, int count)
    {
        byte[] bytes = new byte[count * type.Size()];
        new Random(name.Length).NextBytes(bytes);
        return new StoredTensor(name, type, new TensorShape(count), bytes);
    }
}
