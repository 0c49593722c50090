using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <content>What edits add to an MLP.</content>
internal sealed unsafe partial class CpuOperations
{
    /// <inheritdoc/>
    public override CpuTensor Neurons(Tensor x, Tensor mean, Tensor deviation, IReadOnlyList<NeuronBlock> blocks) =>
        Neurons(x, mean, deviation, blocks, byProducts: false);

    /// <summary>The same; with matrix products many rows are faster, but not the bits of each row alone.</summary>
    public CpuTensor Neurons(Tensor x, Tensor mean, Tensor deviation, IReadOnlyList<NeuronBlock> blocks, bool byProducts)
    {
        int hidden = x.Shape.Columns;
        Require(mean.Shape.Count == hidden, "mean must have one value for each column of x", x, mean);
        Require(deviation.Shape.Count == hidden, "deviation must have one value for each column of x", x, deviation);
        NeuronCopy? copy = Checked(blocks, block => block.Form != NeuronForm.Recall, x, hidden, nameof(Neurons));
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

    /// <inheritdoc/>
    public override CpuTensor Recall(Tensor directions, Tensor sharpness, IReadOnlyList<NeuronBlock> blocks)
    {
        Require(sharpness.Shape.Count == 1, "sharpness must be one value", directions, sharpness);
        int values = blocks.Count == 0 ? 0 : blocks[0].Values.Shape.Columns;
        NeuronCopy? copy = Checked(blocks, block => block.Form == NeuronForm.Recall, directions, values, nameof(Recall));
        using TensorReading us = Read(directions);
        using TensorReading factor = Read(sharpness);
        using NeuronReading neurons = new(blocks, copy, memory);
        CpuTensor y = Allocate(WithColumns(directions.Shape, values));
        using TensorReading ys = Read(y);
        fixed (NeuronPointers* pointers = neurons.Blocks)
        {
            RecalledNeurons recalled = new(pointers, neurons.Blocks.Length, directions.Shape.Columns, values);
            Cpu.Recall.Forward(workers, memory, us.Values, *factor.Values, recalled, directions.Shape.Rows, ys.Values);
        }

        return y;
    }

    // The copy of the blocks, which were checked before it was made, or null.
    private NeuronCopy? Checked(
        IReadOnlyList<NeuronBlock> blocks, Predicate<NeuronBlock> isOfForm, Tensor x, int values, string operation)
    {
        int keys = x.Shape.Columns;
        if (_neuronCopies.Known(blocks) is { } known && known.KeySize == keys && known.ValueSize == values && isOfForm(blocks[0]))
        {
            return known;
        }

        if (blocks.Count == 0)
        {
            throw new ArgumentException($"{operation}: there must be at least one block.", nameof(blocks));
        }

        foreach (NeuronBlock block in blocks)
        {
            if (!isOfForm(block))
            {
                throw new ArgumentException($"{operation}: a block is {block.Form}, which is another operation's.", nameof(blocks));
            }

            (int neurons, bool thresholded) = (block.Keys.Shape.Rows, block.Form != NeuronForm.Linear);
            Require(block.Keys.Shape.Rank == 2 && block.Keys.Shape.Columns == keys, "keys must be [neurons, columns of x]", x, block.Keys, operation);
            Require(block.Values.Shape == new TensorShape(neurons, values), "values must be as many as keys, and as long as those of other blocks", block.Keys, block.Values, operation);
            Require(
                thresholded ? block.Thresholds?.Shape.Count == neurons : block.Thresholds is null,
                "thresholds must be one for each neuron, none in the linear form", block.Keys, block.Thresholds, operation);
        }

        return _neuronCopies.Count(blocks);
    }
}
