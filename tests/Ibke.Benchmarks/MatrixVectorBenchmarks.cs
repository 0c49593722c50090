using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;
using Ibke.Runtime.Cpu;
using Tensor = Ibke.Runtime.Tensors.Tensor;

namespace Ibke.Benchmarks;

/// <summary>y = x Wᵀ with one row, as in decoding, on one thread; the peer is a dot product of TensorPrimitives for each row of W.</summary>
public class MatrixVectorBenchmarks
{
    private CpuEngine _engine = null!;
    private Tensor _x = null!;
    private Tensor _weight = null!;
    private Tensor _weightBFloat16 = null!;
    private float[] _peerX = null!;
    private float[] _peerWeight = null!;
    private float[] _peerResult = null!;

    /// <summary>Rows and columns of the weight: one that fits a core's cache, one that fits none.</summary>
    [Params(256, 8192)]
    public int Size { get; set; }

    /// <summary>Makes the operands.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _engine = new CpuEngine(new CpuEngineOptions { Threads = 1 });
        _x = RandomTensors.Matrix(_engine, 1, Size, 1);
        _weight = RandomTensors.Matrix(_engine, Size, Size, 2);
        _weightBFloat16 = RandomTensors.BFloat16Weight(_engine, Size, Size, 2);
        _peerX = RandomTensors.Values(Size, 1);
        _peerWeight = RandomTensors.Values(Size * Size, 2);
        _peerResult = new float[Size];
    }

    /// <summary>Returns the memory.</summary>
    [GlobalCleanup]
    public void Cleanup() => _engine.Dispose();

    /// <summary>The peer.</summary>
    [Benchmark(Baseline = true)]
    public void TensorPrimitivesDot()
    {
        for (int row = 0; row < Size; row++)
        {
            _peerResult[row] = TensorPrimitives.Dot<float>(_peerX, _peerWeight.AsSpan(row * Size, Size));
        }
    }

    /// <summary>The engine, weights in float32.</summary>
    [Benchmark]
    public void Float32Weights() => _engine.Operations.Linear(_x, _weight).Dispose();

    /// <summary>The engine, weights in bfloat16: half the bytes.</summary>
    [Benchmark]
    public void BFloat16Weights() => _engine.Operations.Linear(_x, _weightBFloat16).Dispose();
}
