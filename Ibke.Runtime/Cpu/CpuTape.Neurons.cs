using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <content>What edits add to an MLP.</content>
internal sealed unsafe partial class CpuTape
{
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

    /// <inheritdoc/>
    public override Tensor Recall(Tensor? output, Tensor x, Tensor metric, Tensor offset, Tensor sharpness, IReadOnlyList<NeuronBlock> blocks)
    {
        using Tensor projected = Linear(x, metric, offset);
        using Tensor directions = NormalizeRows(projected);
        Tensor added = Recall(directions, sharpness, blocks);
        if (output is null)
        {
            return added;
        }

        using (added)
        {
            return Add(output, added);
        }
    }

    private Tensor Recall(Tensor directions, Tensor sharpness, IReadOnlyList<NeuronBlock> blocks)
    {
        CpuTensor y = operations.RecallOnce(directions, sharpness, blocks);
        (int rows, int keySize, int valueSize) = (y.Shape.Rows, directions.Shape.Columns, y.Shape.Columns);
        int[] counts = [.. blocks.Select(block => block.Keys.Shape.Rows)];
        List<Operand> operands = [Values(directions), Values(sharpness)];
        foreach (NeuronBlock block in blocks)
        {
            operands.AddRange([Values(block.Keys), Values(block.Thresholds!), Values(block.Values)]);
        }

        return Record(y, [.. operands], step =>
        {
            NeuronPointers[] neurons = [.. counts.Select((count, i) => Block(step.Values, i, count))];
            NeuronPointers[] gradients = [.. counts.Select((count, i) => Block(step.Gradient, i, count))];
            fixed (NeuronPointers* pointers = neurons)
            {
                Cpu.Recall.Backward(
                    step.Workers, step.Operations.Memory, step.Values(0), *step.Values(1), new RecalledNeurons(pointers, counts.Length, keySize, valueSize),
                    step.Upstream, rows, step.Gradient(0), step.Gradient(1), gradients);
            }
        });

        static NeuronPointers Block(OfOperand part, int block, int count) =>
            new(part(2 + (3 * block)), part(3 + (3 * block)), part(4 + (3 * block)), count);
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

    private delegate float* OfOperand(int operand);
}
