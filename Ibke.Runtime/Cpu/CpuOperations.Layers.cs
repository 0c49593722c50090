using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <content>Linear layers, norms and what an edit adds to an MLP.</content>
internal sealed unsafe partial class CpuOperations
{
    /// <inheritdoc/>
    public override CpuTensor Linear(Tensor x, Tensor weight, Tensor? bias = null)
    {
        Require(weight.Shape.Rank == 2 && weight.Shape.Columns == x.Shape.Columns, "x [rows, in] and weight [out, in] must have the same in", x, weight);
        (int outputs, int inputs) = (weight.Shape[0], weight.Shape[1]);
        Require(bias is null || bias.Shape.Count == outputs, "bias must have one value for each row of weight", weight, bias);
        CpuTensor w = Own(weight);
        using TensorReading xs = Read(x);
        using TensorReading biases = Read(bias);
        CpuTensor y = Allocate(WithColumns(x.Shape, outputs));
        using TensorReading ys = Read(y);
        CpuStorage stored = w.Hold();
        try
        {
            // Without inputs x has no rows by its shape, but y still has.
            Cpu.Linear.Forward(workers, memory, xs.Values, stored, w.ElementType, biases.Values, y.Shape.Rows, inputs, outputs, ys.Values);
        }
        finally
        {
            stored.Release();
        }

        return y;
    }

    /// <inheritdoc/>
    public override CpuTensor RmsNorm(Tensor x, Tensor weight, float epsilon, bool plusOne = false)
    {
        Require(weight.Shape.Count == x.Shape.Columns, "weight must have one value for each column of x", x, weight);
        using TensorReading xs = Read(x);
        using TensorReading ws = Read(weight);
        CpuTensor y = Allocate(x.Shape);
        using TensorReading ys = Read(y);
        Cpu.RmsNorm.Forward(workers, xs.Values, ws.Values, x.Shape.Rows, x.Shape.Columns, epsilon, plusOne, ys.Values);
        return y;
    }

    /// <inheritdoc/>
    public override CpuTensor LayerNorm(Tensor x, Tensor weight, Tensor? bias, float epsilon)
    {
        Require(weight.Shape.Count == x.Shape.Columns, "weight must have one value for each column of x", x, weight);
        Require(bias is null || bias.Shape.Count == x.Shape.Columns, "bias must have one value for each column of x", x, bias);
        using TensorReading xs = Read(x);
        using TensorReading ws = Read(weight);
        using TensorReading biases = Read(bias);
        CpuTensor y = Allocate(x.Shape);
        using TensorReading ys = Read(y);
        Cpu.LayerNorm.Forward(workers, xs.Values, ws.Values, biases.Values, x.Shape.Rows, x.Shape.Columns, epsilon, ys.Values);
        return y;
    }

    /// <inheritdoc/>
    public override CpuTensor NormalizeRows(Tensor x)
    {
        using TensorReading xs = Read(x);
        CpuTensor y = Allocate(x.Shape);
        using TensorReading ys = Read(y);
        Cpu.NormalizeRows.Forward(workers, xs.Values, x.Shape.Rows, x.Shape.Columns, ys.Values);
        return y;
    }

    /// <inheritdoc/>
    public override CpuTensor Neurons(Tensor x, Tensor mean, Tensor deviation, IReadOnlyList<NeuronBlock> blocks) =>
        Neurons(x, mean, deviation, blocks, byProducts: false);

    /// <summary>The same; with matrix products many rows are faster, but not the bits of each row alone.</summary>
    public CpuTensor Neurons(Tensor x, Tensor mean, Tensor deviation, IReadOnlyList<NeuronBlock> blocks, bool byProducts)
    {
        int hidden = x.Shape.Columns;
        Require(mean.Shape.Count == hidden, "mean must have one value for each column of x", x, mean);
        Require(deviation.Shape.Count == hidden, "deviation must have one value for each column of x", x, deviation);
        NeuronCopy? copy = CheckedNeurons(x, blocks);
        using TensorReading xs = Read(x);
        using TensorReading means = Read(mean);
        using TensorReading deviations = Read(deviation);
        using NeuronReading neurons = new(blocks, copy, memory);
        CpuTensor y = Allocate(x.Shape);
        using TensorReading ys = Read(y);
        fixed (NeuronPointers* pointers = neurons.Blocks)
        {
            Cpu.Neurons.Forward(
                workers, byProducts ? memory : null, xs.Values, means.Values, deviations.Values, pointers, neurons.Blocks.Length, x.Shape.Rows, hidden,
                ys.Values);
        }

        return y;
    }

    // The copy of the blocks, which were checked before it was made, or null.
    private NeuronCopy? CheckedNeurons(Tensor x, IReadOnlyList<NeuronBlock> blocks)
    {
        const string Operation = nameof(Neurons);
        int hidden = x.Shape.Columns;
        if (_neuronCopies.Known(blocks) is { } known && known.Hidden == hidden)
        {
            return known;
        }

        if (blocks.Count == 0)
        {
            throw new ArgumentException($"{Operation}: there must be at least one block.", nameof(blocks));
        }

        foreach (NeuronBlock block in blocks)
        {
            Require(block.Keys.Shape.Rank == 2 && block.Keys.Shape.Columns == hidden, "keys must be [neurons, hidden]", x, block.Keys, Operation);
            Require(block.Values.Shape == block.Keys.Shape, "keys and values must have the same shape", block.Keys, block.Values, Operation);
            bool thresholds = block.Form == NeuronForm.Linear
                ? block.Thresholds is null
                : block.Thresholds?.Shape.Count == block.Keys.Shape.Rows;
            Require(thresholds, $"thresholds must be one for each neuron of a sparse block, none of a linear one", block.Keys, block.Thresholds, Operation);
        }

        return _neuronCopies.Count(blocks);
    }
}
