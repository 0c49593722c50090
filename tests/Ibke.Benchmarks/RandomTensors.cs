using Ibke.Runtime.Tensors;

namespace Ibke.Benchmarks;

/// <summary>Operands of benchmarks.</summary>
internal static class RandomTensors
{
    /// <summary>Values from −1 to 1, the same for the same seed.</summary>
    public static float[] Values(int count, int seed)
    {
        Random random = new(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = (2 * random.NextSingle()) - 1;
        }

        return values;
    }

    /// <summary>A float32 tensor of the engine. [rows, columns].</summary>
    public static Tensor Matrix(Engine engine, int rows, int columns, int seed) =>
        engine.Create(new TensorShape(rows, columns), Values(rows * columns, seed));

    /// <summary>A weight that is stored as bfloat16. [rows, columns].</summary>
    public static Tensor BFloat16Weight(Engine engine, int rows, int columns, int seed)
    {
        float[] values = Values(rows * columns, seed);
        byte[] bytes = new byte[values.Length * 2];
        for (int i = 0; i < values.Length; i++)
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(i * 2), (ushort)(BitConverter.SingleToUInt32Bits(values[i]) >> 16));
        }

        return engine.Load(new StoredTensor("weight", ElementType.BFloat16, new TensorShape(rows, columns), bytes));
    }
}
