using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ibke.Runtime.Cpu;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Tests.Cpu;

public sealed class CpuTensorTests
{
    private readonly CpuEngine _engine = new(new CpuEngineOptions { Threads = 1 });

    [Fact]
    public void ToArray_Created_GivesTheValues()
    {
        using Tensor tensor = _engine.Create(new TensorShape(2, 3), [1, 2, 3, 4, 5, 6]);

        Assert.Equal([1, 2, 3, 4, 5, 6], tensor.ToArray());
        Assert.Equal(ElementType.Float32, tensor.ElementType);
    }

    [Fact]
    public void CopyTo_OtherLength_IsRefused()
    {
        using Tensor tensor = _engine.Create(new TensorShape(2, 3), [1, 2, 3, 4, 5, 6]);

        Assert.Contains("[2, 3]", Assert.Throws<ArgumentException>(() => tensor.CopyTo(new float[5])).Message);
    }

    [Fact]
    public void Create_WrongNumberOfValues_NamesBoth()
    {
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => _engine.Create(new TensorShape(2, 3), [1, 2]));

        Assert.Contains("[2, 3]", thrown.Message);
        Assert.Contains("2", thrown.Message);
    }

    [Fact]
    public void Dispose_ThenRead_Throws()
    {
        Tensor tensor = _engine.Create(new TensorShape(2), [1, 2]);
        tensor.Dispose();
        tensor.Dispose();

        Assert.Throws<ObjectDisposedException>(() => tensor.ToArray());
        Assert.Throws<ObjectDisposedException>(() => tensor.Reshape(new TensorShape(1, 2)));
        Assert.Throws<ObjectDisposedException>(() => _engine.Operations.Scale(tensor, 2));
        Assert.Equal(0, _engine.Memory.UsedBytes);
    }

    [Fact]
    public void Reshape_OriginalDisposed_KeepsTheValues()
    {
        Tensor tensor = _engine.Create(new TensorShape(2, 2), [1, 2, 3, 4]);
        using (Tensor view = tensor.Reshape(new TensorShape(4)))
        {
            tensor.Dispose();
            Assert.Equal([1, 2, 3, 4], view.ToArray());
        }

        Assert.Equal(0, _engine.Memory.UsedBytes);
    }

    [Fact]
    public void Reshape_OtherNumberOfValues_Throws()
    {
        using Tensor tensor = _engine.Create(new TensorShape(2, 2), [1, 2, 3, 4]);

        Assert.Throws<ArgumentException>(() => tensor.Reshape(new TensorShape(3)));
    }

    [Theory]
    [InlineData(ElementType.Float32)]
    [InlineData(ElementType.Float16)]
    [InlineData(ElementType.BFloat16)]
    public void Load_EveryElementType_WidensExactly(ElementType type)
    {
        float[] values = [0, -0f, 1, -2.5f, 0.15625f, 65280, float.PositiveInfinity, -1f / 4096];
        using Tensor tensor = _engine.Load(Stored(type, values));

        Assert.Equal(type, tensor.ElementType);
        Assert.Equal(values, tensor.ToArray());
        Assert.Equal(0, _engine.Memory.UsedBytes);
    }

    [Fact]
    public void Load_BytesDoNotFitTheShape_NamesTheTensor()
    {
        StoredTensor stored = new("layer.weight", ElementType.BFloat16, new TensorShape(2, 2), new byte[7]);

        Assert.Contains("layer.weight", Assert.Throws<ArgumentException>(() => _engine.Load(stored)).Message);
    }

    [Fact]
    public void NeverDisposed_Collected_ReturnsTheMemory()
    {
        Make(_engine);
        for (int i = 0; i < 10 && _engine.Memory.UsedBytes > 0; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.Equal(0, _engine.Memory.UsedBytes);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Make(CpuEngine engine) => Assert.Equal(3, engine.Create(new TensorShape(1), [3]).ToScalar());
    }

    [Fact]
    public void NeverDisposed_StoredWeightThatWasUsed_ReturnsTheMemoryOnce()
    {
        Use(_engine);
        for (int i = 0; i < 10 && _engine.Memory.UsedBytes > 0; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        // Memory that goes back twice would make the count negative.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(0, _engine.Memory.UsedBytes);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Use(CpuEngine engine)
        {
            Tensor weight = engine.Load(Stored(ElementType.BFloat16, [1, 2, 3, 4], 2, 2));
            using Tensor x = engine.Create(new TensorShape(1, 2), [1, 1]);
            using Tensor y = engine.Operations.Linear(x, weight);
            Assert.Equal([3, 7], y.ToArray());
        }
    }

    [Fact]
    public void Description_NamesThreads() => Assert.EndsWith("1 thread", _engine.Description);

    [Theory]
    [InlineData(0)]
    [InlineData(257)]
    public void Constructor_ThreadsOutOfRange_Throws(int threads) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new CpuEngine(new CpuEngineOptions { Threads = threads }));

    internal static StoredTensor Stored(ElementType type, float[] values, params ReadOnlySpan<int> sizes)
    {
        byte[] bytes = type switch
        {
            ElementType.Float32 => MemoryMarshal.AsBytes<float>(values).ToArray(),
            ElementType.Float16 => MemoryMarshal.AsBytes<Half>(Array.ConvertAll(values, value => (Half)value)).ToArray(),
            _ => MemoryMarshal.AsBytes<ushort>(Array.ConvertAll(values, value => (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16))).ToArray(),
        };
        return new StoredTensor("test", type, sizes.Length == 0 ? new TensorShape(values.Length) : new TensorShape(sizes), bytes);
    }
}
