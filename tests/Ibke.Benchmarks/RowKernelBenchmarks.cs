using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Ibke.Runtime.Cpu;
using Ibke.Runtime.Tensors;
using Tensor = Ibke.Runtime.Tensors.Tensor;

namespace Ibke.Benchmarks;

/// <summary>Kernels that read each value once or twice, on one thread; the peers are made of TensorPrimitives.</summary>
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class RowKernelBenchmarks
{
    private const int Rows = 64;
    private const float Epsilon = 1e-5f;

    private CpuEngine _engine = null!;
    private Tensor _x = null!;
    private Tensor _y = null!;
    private Tensor _weight = null!;
    private float[] _peerX = null!;
    private float[] _peerY = null!;
    private float[] _peerWeight = null!;
    private float[] _peerResult = null!;

    /// <summary>Values of a row.</summary>
    [Params(256, 3072)]
    public int Columns { get; set; }

    /// <summary>Makes the operands.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _engine = new CpuEngine(new CpuEngineOptions { Threads = 1 });
        _x = RandomTensors.Matrix(_engine, Rows, Columns, 1);
        _y = RandomTensors.Matrix(_engine, Rows, Columns, 2);
        _weight = _engine.Create(new TensorShape(Columns), RandomTensors.Values(Columns, 3));
        _peerX = RandomTensors.Values(Rows * Columns, 1);
        _peerY = RandomTensors.Values(Rows * Columns, 2);
        _peerWeight = RandomTensors.Values(Columns, 3);
        _peerResult = new float[Rows * Columns];
    }

    /// <summary>Returns the memory.</summary>
    [GlobalCleanup]
    public void Cleanup() => _engine.Dispose();

    /// <summary>The peer of <see cref="Softmax"/>.</summary>
    [Benchmark(Baseline = true)]
    [BenchmarkCategory("softmax")]
    public void PeerSoftmax()
    {
        for (int row = 0; row < Rows; row++)
        {
            TensorPrimitives.SoftMax<float>(Row(_peerX, row), Row(_peerResult, row));
        }
    }

    /// <summary>The engine.</summary>
    [Benchmark]
    [BenchmarkCategory("softmax")]
    public void Softmax() => _engine.Operations.Softmax(_x).Dispose();

    /// <summary>The peer of <see cref="SiluGate"/>.</summary>
    [Benchmark(Baseline = true)]
    [BenchmarkCategory("silu gate")]
    public void PeerSiluGate()
    {
        TensorPrimitives.Sigmoid<float>(_peerX, _peerResult);
        TensorPrimitives.Multiply<float>(_peerResult, _peerX, _peerResult);
        TensorPrimitives.Multiply<float>(_peerResult, _peerY, _peerResult);
    }

    /// <summary>The engine.</summary>
    [Benchmark]
    [BenchmarkCategory("silu gate")]
    public void SiluGate() => _engine.Operations.Gate(_x, _y, Activation.Silu).Dispose();

    /// <summary>The peer of <see cref="RmsNorm"/>.</summary>
    [Benchmark(Baseline = true)]
    [BenchmarkCategory("rms norm")]
    public void PeerRmsNorm()
    {
        for (int row = 0; row < Rows; row++)
        {
            float scale = 1 / MathF.Sqrt((TensorPrimitives.SumOfSquares<float>(Row(_peerX, row)) / Columns) + Epsilon);
            TensorPrimitives.Multiply(Row(_peerX, row), scale, Row(_peerResult, row));
            TensorPrimitives.Multiply<float>(Row(_peerResult, row), _peerWeight, Row(_peerResult, row));
        }
    }

    /// <summary>The engine.</summary>
    [Benchmark]
    [BenchmarkCategory("rms norm")]
    public void RmsNorm() => _engine.Operations.RmsNorm(_x, _weight, Epsilon).Dispose();

    private Span<float> Row(float[] values, int row) => values.AsSpan(row * Columns, Columns);
}
