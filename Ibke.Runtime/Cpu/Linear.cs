using System.Numerics.Tensors;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <summary>y = x Wᵀ + b.</summary>
internal static unsafe class Linear
{
    /// <summary>Overwrites the destination.</summary>
    public static void Forward(
        WorkerPool pool, MemoryPool memory, float* x, CpuStorage weight, ElementType type, float* bias, int rows, int inputs, int outputs, float* destination)
    {
        float* w = (float*)(type == ElementType.Float32 ? weight : weight.Widened(type, memory)).Pointer;
        pool.For(outputs, Cpu.Add.RowGrain(inputs), (x: (nint)x, w: (nint)w, b: (nint)bias, rows, inputs, outputs, y: (nint)destination), static (s, from, to) =>
        {
            for (int o = from; o < to; o++)
            {
                ReadOnlySpan<float> row = new((float*)s.w + (long)o * s.inputs, s.inputs);
                float b = s.b == 0 ? 0 : ((float*)s.b)[o];
                for (int r = 0; r < s.rows; r++)
                {
                    ((float*)s.y)[(long)r * s.outputs + o] = b + TensorPrimitives.Dot(row, new ReadOnlySpan<float>((float*)s.x + (long)r * s.inputs, s.inputs));
                }
            }
        });
    }

    /// <summary>Adds to the gradients that are wanted.</summary>
    public static void Backward(
        WorkerPool pool, MemoryPool memory, float* x, CpuStorage? weight, ElementType type, float* gradient, int rows, int inputs, int outputs,
        float* xGradient, float* weightGradient, float* biasGradient)
    {
        if (biasGradient != null)
        {
            Cpu.Add.SumRows(pool, gradient, rows, outputs, biasGradient);
        }

        if (xGradient != null)
        {
            float* w = (float*)(type == ElementType.Float32 ? weight! : weight!.Widened(type, memory)).Pointer;
            Accumulate(pool, gradient, outputs, 1, w, rows, outputs, inputs, xGradient);
        }

        if (weightGradient != null)
        {
            Accumulate(pool, gradient, 1, outputs, x, outputs, rows, inputs, weightGradient);
        }
    }

    // c[m, n] += Σ a[m, k] b[k, n]
    private static void Accumulate(WorkerPool pool, float* a, int aRow, int aColumn, float* b, int m, int k, int n, float* c)
    {
        pool.For(m, 1, (a: (nint)a, aRow, aColumn, b: (nint)b, k, n, c: (nint)c), static (s, from, to) =>
        {
            for (long r = from; r < to; r++)
            {
                Span<float> y = new((float*)s.c + r * s.n, s.n);
                for (long i = 0; i < s.k; i++)
                {
                    TensorPrimitives.MultiplyAdd(new ReadOnlySpan<float>((float*)s.b + i * s.n, s.n), ((float*)s.a)[r * s.aRow + i * s.aColumn], y, y);
                }
            }
        });
    }
}
