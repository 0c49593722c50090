using Ibke.Runtime.Cpu;

namespace Ibke.Runtime.Tests.Cpu;

public sealed unsafe class MemoryPoolTests
{
    [Fact]
    public void Rent_AnySize_IsAlignedWritableAndCounted()
    {
        using MemoryPool pool = new();
        foreach (long bytes in new[] { 0L, 1, 63, 64, 65, 256, 257, 1000, 4097, 1 << 20 })
        {
            byte* memory = pool.Rent(bytes);
            Assert.Equal(0, (nint)memory % 64);
            Assert.InRange(MemoryPool.BlockSize(bytes), bytes, Math.Max(256, bytes + bytes / 4));
            Assert.Equal(MemoryPool.BlockSize(bytes), pool.UsedBytes);
            new Span<byte>(memory, (int)bytes).Fill(1);
            pool.Return(memory, bytes);
            Assert.Equal(0, pool.UsedBytes);
        }
    }

    [Fact]
    public void Rent_AfterReturn_GivesTheSameBlockAgain()
    {
        using MemoryPool pool = new();
        byte* first = pool.Rent(5000);
        pool.Return(first, 5000);

        Assert.Equal((nint)first, (nint)pool.Rent(5001));
        Assert.Equal(0, pool.IdleBytes);
    }

    [Fact]
    public void Return_BeyondTheLimit_KeepsNoMore()
    {
        using MemoryPool pool = new(mostIdleBytes: 2048);
        byte*[] blocks = [pool.Rent(1024), pool.Rent(1024), pool.Rent(1024)];
        foreach (byte* block in blocks)
        {
            pool.Return(block, 1024);
        }

        Assert.Equal(2048, pool.IdleBytes);
    }

    [Fact]
    public void Return_AfterDispose_KeepsNothing()
    {
        MemoryPool pool = new();
        byte* block = pool.Rent(1024);
        pool.Dispose();
        pool.Return(block, 1024);

        Assert.Equal((0, 0), (pool.UsedBytes, pool.IdleBytes));
    }
}
