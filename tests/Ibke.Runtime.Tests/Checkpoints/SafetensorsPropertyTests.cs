using FsCheck;
using FsCheck.Fluent;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Tests.Checkpoints;

public sealed class SafetensorsPropertyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_AnyBytesOfAFileChanged_OpensOrSaysWhatIsWrong()
    {
        string path = _folder["mutated.safetensors"];
        SafetensorsWriter.Write(path, [Tensor("weight", [2, 3], ElementType.Float32, 1), Tensor("b", [5], ElementType.BFloat16, 2)]);
        byte[] valid = File.ReadAllBytes(path);
        Gen<(int At, byte Value)[]> mutations =
            (from at in Gen.Choose(0, valid.Length - 1) from value in Gen.Choose(0, 255) select (at, (byte)value)).NonEmptyListOf()
            .Select(list => list.Take(6).ToArray());
        Gen<int> lengths = Gen.Frequency((3, Gen.Constant(valid.Length)), (1, Gen.Choose(0, valid.Length)));

        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(1500),
            Prop.ForAll(mutations.ToArbitrary(), lengths.ToArbitrary(), (changes, length) =>
            {
                byte[] bytes = [.. valid];
                foreach ((int at, byte value) in changes)
                {
                    bytes[at] = value;
                }

                File.WriteAllBytes(path, bytes[..length]);
                try
                {
                    return SafetensorsFile.Open(path).Tensors.Values.All(tensor => tensor.Bytes.ToArray().Length == tensor.Bytes.Length);
                }
                catch (CheckpointException e)
                {
                    return e.Message.StartsWith(path, StringComparison.Ordinal);
                }
            }));
    }

    [Fact]
    public void Write_AnyTensors_ReadsBackTheSame()
    {
        string path = _folder["written.safetensors"];
        Gen<StoredTensor> tensors =
            from name in ArbMap.Default.GeneratorFor<NonNull<string>>()
            from rank in Gen.Choose(0, 4)
            from sizes in Gen.Choose(0, 4).ArrayOf(rank)
            from type in Gen.Elements(ElementType.Float32, ElementType.Float16, ElementType.BFloat16)
            from seed in Gen.Choose(0, 1000)
            select Tensor(WellFormed(name.Get), sizes, type, seed);
        Gen<StoredTensor[]> files = tensors.ListOf().Select(list => list.DistinctBy(tensor => tensor.Name).ToArray());

        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(200),
            Prop.ForAll(files.ToArbitrary(), written =>
            {
                SafetensorsWriter.Write(path, written, new Dictionary<string, string> { ["made by"] = "a test" });
                SafetensorsFile read = SafetensorsFile.Open(path);
                return read.Tensors.Count == written.Length
                    && read.Metadata["made by"] == "a test"
                    && written.All(t => Same(t, read.Tensors[t.Name]));
            }));
    }

    private static bool Same(StoredTensor a, StoredTensor b) =>
        a.Shape == b.Shape && a.ElementType == b.ElementType && a.Bytes.ToArray().AsSpan().SequenceEqual(b.Bytes.ToArray());

    /// <summary>JSON cannot hold lone surrogates.</summary>
    private static string WellFormed(string name) => string.Concat(name.EnumerateRunes());

    private static StoredTensor Tensor(string name, int[] sizes, ElementType type, int seed)
    {
        TensorShape shape = new(sizes);
        byte[] bytes = new byte[shape.Count * type.Size()];
        new Random(seed).NextBytes(bytes);
        return new StoredTensor(name, type, shape, bytes);
    }
}
