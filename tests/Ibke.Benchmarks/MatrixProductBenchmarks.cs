using BenchmarkDotNet.Attributes;
using Ibke.Runtime.Cpu;
using Ibke.Runtime.Tensors;
using MathNet.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace Ibke.Benchmarks;

/// <summary>y = x Wᵀ with many rows, as in prefill and training, on one thread; the peer is MathNet's managed product.</summary>
public class MatrixProductBenchmarks
{
    private CpuEngine _engine = null!;
    private Tensor _x = null!;
    private Tensor _weight = null!;
    private Tensor _weightBFloat16 = null!;
    private Matrix<float> _peerX = null!;
    private Matrix<float> _peerWeight = null!;

    /// <summary>Rows of x.</summary>
    [Params(16, 256)]
    public int Rows { get; set; }

    /// <summary>Rows and columns of the weight.</summary>
    [Params(256, 1024)]
    public int Size { get; set; }

    /// <summary>Makes the operands.</summary>
    [GlobalSetup]
    public void Setup()
    {
        Control.UseManaged();
        Control.UseSingleThread();
        _engine = new CpuEngine(new CpuEngineOptions { Threads = 1 });
        _x = RandomTensors.Matrix(_engine, Rows, Size, 1);
        _weight = RandomTensors.Matrix(_engine, Size, Size, 2);
        _weightBFloat16 = RandomTensors.BFloat16Weight(_engine, Size, Size, 2);
        _peerX = Matrix<float>.Build.DenseOfRowMajor(Rows, Size, RandomTensors.Values(Rows * Size, 1));
        _peerWeight = Matrix<float>.Build.DenseOfRowMajor(Size, Size, RandomTensors.Values(Size * Size, 2));
    }

    /// <summary>Returns the memory.</summary>
    [GlobalCleanup]
    public void Cleanup() => _engine.Dispose();

    /// <summary>The peer.</summary>
    [Benchmark(Baseline = true)]
    public Matrix<float> MathNetManaged() => _peerX.TransposeAndMultiply(_peerWeight);

    /// <summary>The engine, weights in float32.</summary>
    [Benchmark]
    public void Float32Weights() => _engine.Operations.Linear(_x, _weight).Dispose();

    /// <summary>The engine, weights in bfloat16.</summary>
    [Benchmark]
    public void BFloat16Weights() => _engine.Operations.Linear(_x, _weightBFloat16).Dispose();
}
