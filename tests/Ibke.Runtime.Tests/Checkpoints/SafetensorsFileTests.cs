using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Tests.Checkpoints;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_AllFloatingTypes_GivesShapesAndBytes()
    {
        SafetensorsFile file = Open(
            """
            {"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},
             "b":{"dtype":"BF16","shape":[],"data_offsets":[8,10]},"c":{"dtype":"F16","shape":[0,5],"data_offsets":[10,10]}}
            """,
            10);

        Assert.Equal(["a", "b", "c"], file.Tensors.Keys.Order());
        Assert.Equal(new TensorShape(1, 2), file.Tensors["a"].Shape);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7], file.Tensors["a"].Bytes.ToArray());
        Assert.Equal((ElementType.BFloat16, 0), (file.Tensors["b"].ElementType, file.Tensors["b"].Shape.Rank));
        Assert.Equal([8, 9], file.Tensors["b"].Bytes.ToArray());
        Assert.Equal(0, file.Tensors["c"].Bytes.Length);
        Assert.Equal("pt", file.Metadata["format"]);
    }

    [Theory]
    [InlineData("I64", 1, new long[] { 0x0706050403020100 })]
    [InlineData("I32", 2, new long[] { 0x03020100, 0x07060504 })]
    [InlineData("U32", 2, new long[] { 0x03020100, 0x07060504 })]
    [InlineData("I16", 4, new long[] { 0x0100, 0x0302, 0x0504, 0x0706 })]
    [InlineData("U16", 4, new long[] { 0x0100, 0x0302, 0x0504, 0x0706 })]
    [InlineData("I8", 8, new long[] { 0, 1, 2, 3, 4, 5, 6, 7 })]
    [InlineData("U8", 8, new long[] { 0, 1, 2, 3, 4, 5, 6, 7 })]
    [InlineData("BOOL", 8, new long[] { 0, 1, 2, 3, 4, 5, 6, 7 })]
    public void ReadInt64_IntegerTypes_Widens(string type, int count, long[] expected)
    {
        SafetensorsFile file = Open($$$"""{"ids":{"dtype":"{{{type}}}","shape":[{{{count}}}],"data_offsets":[0,8]}}""", 8);

        Assert.Equal(expected, file.ReadInt64("ids"));
        Assert.Empty(file.Tensors);
        Assert.Equal((type, new TensorShape(count)), (file.TypeOf("ids"), file.ShapeOf("ids")));
    }

    [Fact]
    public void ReadInt64_FloatTensorOrUnknownName_SaysSo()
    {
        SafetensorsFile file = Open("""{"ids":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8);

        Assert.Contains("'ids' is F32", Assert.Throws<CheckpointException>(() => file.ReadInt64("ids")).Message);
        Assert.Contains("similar: 'ids'", Assert.Throws<CheckpointException>(() => file.ReadInt64("id")).Message);
    }

    [Theory]
    [InlineData("""[]""", 0, "not a JSON object")]
    [InlineData("""{"a":""", 0, "not JSON")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}""", 4, "not JSON")]
    [InlineData("""{"__metadata__":{"n":1}}""", 0, "'__metadata__'")]
    [InlineData("""{"a":3}""", 0, "'a' does not have one dtype")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", 4, "'a' does not have one dtype")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "'a' does not have one dtype")]
    [InlineData("""{"a":{"dtype":"X9","shape":[1],"data_offsets":[0,4]}}""", 4, "'a' has the unknown dtype 'X9'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "'a' is listed twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "'a' has the dimension -1")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "'a' has the dimension 1.5")]
    [InlineData("""{"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}""", 4, "'a' has the dimension")]
    [InlineData("""{"a":{"dtype":"F32","shape":[99999999999],"data_offsets":[0,4]}}""", 4, "'a' has the dimension 99999999999")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2000000000,2000000000,2000000000],"data_offsets":[0,4]}}""", 4, "'a' of shape")]
    [InlineData("""{"a":{"dtype":"F64","shape":[2147483647,2147483647],"data_offsets":[0,8]}}""", 8, "'a' is F64")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "'a' is F32 [3]")]
    [InlineData("""{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}}""", 2, "'a' is F4 [3]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "'a' has the data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", 4, "'a' has the data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}""", 4, "'a' has the data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,1e30]}}""", 4, "'a' has the data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "'a' ends at byte 8, but the data has 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "'b' begins at byte 4 and overlaps")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", 12, "'b' begins at byte 8 and leaves a hole")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 7, "3 bytes after the last tensor")]
    public void Open_WrongHeader_NamesFileAndTensor(string header, int dataBytes, string expected)
    {
        CheckpointException error = Assert.Throws<CheckpointException>(() => Open(header, dataBytes));

        Assert.StartsWith(_folder["x.safetensors"], error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public void Open_EmptyFile_SaysSo() => AssertUnreadable([], "the file is empty");

    [Fact]
    public void Open_FewerThanEightBytes_SaysSo() => AssertUnreadable([1, 2, 3], "3 bytes are too few");

    [Fact]
    public void Open_HeaderLongerThanFile_SaysSo() =>
        AssertUnreadable([.. SafetensorsBytes.Length(50), (byte)'{', (byte)'}'], "claims 50 bytes, but only 2 follow");

    [Theory]
    [InlineData(100_000_001)]
    [InlineData(ulong.MaxValue)]
    public void Open_HeaderBeyondTheFormatsLimit_SaysSo(ulong length) =>
        AssertUnreadable([.. SafetensorsBytes.Length(length), (byte)'{', (byte)'}'], $"claims {length} bytes; at most 100000000");

    [Fact]
    public void Open_TruncatedData_NamesTheTensor()
    {
        byte[] whole = SafetensorsBytes.Of("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8);
        AssertUnreadable(whole[..^3], "'a' ends at byte 8");
    }

    [Fact]
    public void Open_MissingFileOrFolder_SaysSo()
    {
        Assert.Contains("does not exist", Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(_folder["none"])).Message);
        Assert.Contains("does not exist", Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(_folder["none/none"])).Message);
    }

    [Fact]
    public void Open_FolderInPlaceOfFile_SaysSo() =>
        Assert.Contains("cannot be read", Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(_folder.Path)).Message);

    [Fact]
    public void Bytes_AfterFileIsForgottenAndCollected_StayMapped()
    {
        StoredBytes bytes = OpenAndForget();
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.Equal([0, 1, 2, 3], bytes.ToArray());
        using System.Buffers.MemoryHandle first = bytes.Pin();
        bytes.Pin().Dispose();
        unsafe
        {
            Assert.Equal(1, ((byte*)first.Pointer)[1]);
        }
    }

    [Fact]
    public void Open_GoldenCheckpoints_ReadsEveryTensor()
    {
        string[] files =
        [
            .. GoldenFiles.Models.SelectMany(folder => Directory.EnumerateFiles(folder, "*.safetensors")),
            Path.Combine(GoldenFiles.RepositoryRoot, "samples", "models", "atlas", "model.safetensors"),
        ];

        foreach (string path in files)
        {
            SafetensorsFile file = SafetensorsFile.Open(path);
            Assert.NotEmpty(file.Tensors);
            Assert.All(file.Tensors.Values, t => Assert.Equal(t.Shape.Count * t.ElementType.Size(), t.Bytes.Length));
        }
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private StoredBytes OpenAndForget() =>
        Open("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4).Tensors["a"].Bytes;

    private SafetensorsFile Open(string header, int dataBytes)
    {
        File.WriteAllBytes(_folder["x.safetensors"], SafetensorsBytes.Of(header, dataBytes));
        return SafetensorsFile.Open(_folder["x.safetensors"]);
    }

    private void AssertUnreadable(byte[] bytes, string expected)
    {
        File.WriteAllBytes(_folder["x.safetensors"], bytes);
        CheckpointException error = Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(_folder["x.safetensors"]));
        Assert.StartsWith(_folder["x.safetensors"], error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message);
    }
}
