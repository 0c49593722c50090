using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <content>Linear layers, norms and what an edit adds to an MLP.</content>
internal sealed unsafe partial class CpuTape
{
    /// <inheritdoc/>
    public override Tensor Linear(Tensor x, Tensor weight, Tensor? bias = null)
    {
        CpuTensor y = operations.Linear(x, weight, bias);
        (int rows, int inputs, int outputs) = (y.Shape.Rows, weight.Shape[1], weight.Shape[0]);
        ElementType type = weight.ElementType;

        // Each is kept only for the gradient of the other.
        (Operand first, Operand second) = (new(x, Tracks(weight)), new(weight, Tracks(x)));
        ReadOnlySpan<Operand> operands = bias is null ? [first, second] : [first, second, Sizes(bias)];
        bool biased = bias is not null;
        return Record(y, operands, step =>
        {
            CpuStorage? stored = step.Wants(0) ? step.Stored(1) : null;
            Cpu.Linear.Backward(
                step.Workers, step.Operations.Memory, step.Values(0), stored, type, step.Upstream, rows, inputs, outputs,
                step.Place(0), step.Gradient(1), biased ? step.Gradient(2) : null);
        });
    }

    /// <inheritdoc/>
    public override Tensor RmsNorm(Tensor x, Tensor weight, float epsilon, bool plusOne = false)
    {
        CpuTensor y = operations.RmsNorm(x, weight, epsilon, plusOne);
        (int rows, int columns) = (y.Shape.Rows, y.Shape.Columns);
        return Record(y, [Values(x), Values(weight)], step => Cpu.RmsNorm.Backward(
            step.Workers, step.Values(0), step.Values(1), step.Upstream, rows, columns, epsilon, plusOne, step.Gradient(0), step.Gradient(1)));
    }

    /// <inheritdoc/>
    public override Tensor LayerNorm(Tensor x, Tensor weight, Tensor? bias, float epsilon)
    {
        CpuTensor y = operations.LayerNorm(x, weight, bias, epsilon);
        (int rows, int columns) = (y.Shape.Rows, y.Shape.Columns);
        bool biased = bias is not null;
        ReadOnlySpan<Operand> operands = bias is null ? [Values(x), Values(weight)] : [Values(x), Values(weight), Sizes(bias)];
        return Record(y, operands, step => Cpu.LayerNorm.Backward(
            step.Workers, step.Values(0), step.Values(1), step.Upstream, rows, columns, epsilon,
            step.Gradient(0), step.Gradient(1), biased ? step.Gradient(2) : null));
    }

    /// <inheritdoc/>
    public override Tensor NormalizeRows(Tensor x)
    {
        CpuTensor y = operations.NormalizeRows(x);
        (int rows, int columns) = (y.Shape.Rows, y.Shape.Columns);
        return Record(y, [Values(x)], step =>
            Cpu.NormalizeRows.Backward(step.Workers, step.Values(0), step.Upstream, rows, columns, step.Gradient(0)));
    }

    /// <inheritdoc/>
    public override Tensor Neurons(Tensor x, Tensor mean, Tensor deviation, IReadOnlyList<NeuronBlock> blocks)
    {
        CpuTensor y = operations.Neurons(x, mean, deviation, blocks, byProducts: true);
        (int rows, int columns) = (y.Shape.Rows, y.Shape.Columns);
        int[] counts = [.. blocks.Select(block => block.Keys.Shape.Rows)];
        bool[] sparse = [.. blocks.Select(block => block.Form == NeuronForm.Sparse)];
        List<Operand> operands = [Values(x), Values(mean), Values(deviation)];
        foreach (NeuronBlock block in blocks)
        {
            // Thresholds fall back to keys, to keep the numbering; they are read only where there are any.
            operands.AddRange([Values(block.Keys), Values(block.Thresholds ?? block.Keys), Values(block.Values)]);
        }

        return Record(y, [.. operands], step =>
        {
            for (int i = 0; i < counts.Length; i++)
            {
                int keys = 3 + 3 * i;
                NeuronPointers block = new(step.Values(keys), sparse[i] ? step.Values(keys + 1) : null, step.Values(keys + 2), counts[i]);
                BackwardNeurons(step, block, keys, rows, columns);
            }
        });
    }

    private static void BackwardNeurons(BackwardStep step, NeuronPointers block, int keys, int rows, int columns)
    {
        bool sparse = block.Thresholds != null;
        bool normalization = sparse && (step.Wants(1) || step.Wants(2));
        float* xGradient = normalization ? step.Scratch(new TensorShape(rows, columns)) : step.Gradient(0);
        Cpu.Neurons.Backward(
            step.Workers, step.Operations.Memory, step.Values(0), step.Values(1), step.Values(2), block, step.Upstream, rows, columns,
            xGradient, step.Gradient(keys), sparse ? step.Gradient(keys + 1) : null, step.Gradient(keys + 2));
        if (normalization)
        {
            BackwardNormalization(step, xGradient, rows, columns);
        }
    }

    /// <summary>With x̂ = (x − m) / s: dm = −Σ dx and ds = −Σ dx · (x − m) / s over rows.</summary>
    private static void BackwardNormalization(BackwardStep step, float* xGradient, int rows, int columns)
    {
        float* x = step.Values(0);
        float* mean = step.Values(1);
        float* deviation = step.Values(2);
        float* ofX = step.Gradient(0);
        float* ofMean = step.Gradient(1);
        float* ofDeviation = step.Gradient(2);
        for (int column = 0; column < columns; column++)
        {
            for (long at = column; at < (long)rows * columns; at += columns)
            {
                float gradient = xGradient[at];
                if (ofX != null)
                {
                    ofX[at] += gradient;
                }

                if (ofMean != null)
                {
                    ofMean[column] -= gradient;
                }

                if (ofDeviation != null)
                {
                    ofDeviation[column] -= gradient * (x[at] - mean[column]) / deviation[column];
                }
            }
        }
    }
}
