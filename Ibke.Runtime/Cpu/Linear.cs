using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <summary>y = x Wᵀ + b.</summary>
internal static unsafe class Linear
{
    /// <summary>
    /// Up to so many rows are faster by reading the weight as it lies than by the blocked product, which arranges it first and widens 8-bit blocks.
    /// </summary>
    public static int MostRowsUnpacked(ElementType type) => type == ElementType.Int8Block32 ? 16 : 3;

    /// <summary>Overwrites the destination.</summary>
    /// <param name="pool">Threads and instruction set.</param>
    /// <param name="memory">For arranging the factors.</param>
    /// <param name="x">[rows, inputs].</param>
    /// <param name="weight">[outputs, inputs] as stored; keeps its arrangement for later calls.</param>
    /// <param name="type">How the weight is stored.</param>
    /// <param name="bias">[outputs], or null.</param>
    /// <param name="rows">Rows of x.</param>
    /// <param name="inputs">Columns of x.</param>
    /// <param name="outputs">Rows of W.</param>
    /// <param name="destination">[rows, outputs].</param>
    public static void Forward(
        WorkerPool pool, MemoryPool memory, float* x, CpuStorage weight, ElementType type, float* bias,
        int rows, int inputs, int outputs, float* destination)
    {
        if (type == ElementType.Int8Block32)
        {
            ForwardInt8(pool, memory, x, weight.Pointer, bias, rows, inputs, outputs, destination);
            return;
        }

        if (rows <= MostRowsUnpacked(type))
        {
            MatrixVector.Forward(pool, x, weight.Pointer, type, bias, rows, inputs, outputs, destination);
            return;
        }

        int width = TileShape.Of(pool.Instructions).Columns;
        PackedWeight packed = weight.Packed(
            known => known.Inputs == inputs && known.Outputs == outputs && known.PanelWidth == width,
            () => PackedWeight.Create(pool, memory, weight.Pointer, type, outputs, inputs, width));
        MatrixProduct.WithWeight(pool, memory, x, packed, type, bias, rows, destination);
        GC.KeepAlive(packed);
    }

    /// <summary>
    /// The gradients that are wanted: gradient W, gradientᵀ x and the sum of gradient over rows. The last two are added to what is there.
    /// </summary>
    /// <param name="pool">Threads and instruction set.</param>
    /// <param name="memory">For arranging the factors.</param>
    /// <param name="x">[rows, inputs]; null where the weight's gradient is not wanted.</param>
    /// <param name="weight">[outputs, inputs] as stored; null where x's gradient is not wanted.</param>
    /// <param name="type">How the weight is stored.</param>
    /// <param name="gradient">[rows, outputs].</param>
    /// <param name="rows">Rows of x.</param>
    /// <param name="inputs">Columns of x.</param>
    /// <param name="outputs">Rows of W.</param>
    /// <param name="xGradient">[rows, inputs], or null.</param>
    /// <param name="weightGradient">[outputs, inputs], or null.</param>
    /// <param name="biasGradient">[outputs], or null.</param>
    public static void Backward(
        WorkerPool pool, MemoryPool memory, float* x, CpuStorage? weight, ElementType type, float* gradient,
        int rows, int inputs, int outputs, GradientPlace xGradient, float* weightGradient, float* biasGradient)
    {
        if (biasGradient != null)
        {
            Add.SumRows(pool, gradient, rows, outputs, biasGradient);
        }

        if (xGradient.Values != null)
        {
            MatrixProduct.Multiply(pool, memory, gradient, outputs, 1, weight!.Pointer, type, rows, outputs, inputs, xGradient.Add, xGradient.Values);
        }

        if (weightGradient != null)
        {
            MatrixProduct.Multiply(pool, memory, gradient, 1, outputs, (byte*)x, ElementType.Float32, outputs, rows, inputs, true, weightGradient);
        }
    }

    private static void ForwardInt8(
        WorkerPool pool, MemoryPool memory, float* x, byte* weight, float* bias, int rows, int inputs, int outputs, float* destination)
    {
        if (rows <= MostRowsUnpacked(ElementType.Int8Block32))
        {
            Int8MatrixVector.Forward(pool, x, weight, bias, rows, inputs, outputs, destination);
        }
        else
        {
            MatrixProduct.WithInt8Weight(pool, memory, x, weight, bias, rows, inputs, outputs, destination);
        }
    }
}
