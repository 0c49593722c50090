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
        NeuronCopy? copy = _neuronCopies.Known(blocks);
        if (copy is null || copy.KeySize != hidden || copy.ValueSize != hidden || blocks[0].Form == NeuronForm.Recall)
        {
            Check(blocks, block => block.Form != NeuronForm.Recall, x, hidden, nameof(Neurons));
            copy = _neuronCopies.Count(blocks);
        }

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
        if (!RecallScreen.IsSupported(workers.Instructions))
        {
            return RecallPlainly(directions, sharpness, blocks);
        }

        RecallScreen? screen = _recallScreens.Known(blocks);
        if (screen is null || screen.KeySize != directions.Shape.Columns)
        {
            CheckRecall(directions, blocks);
            screen = _recallScreens.Count(blocks);
        }

        return screen is null ? Recall(directions, sharpness, blocks, copy: null) : Recall(directions, sharpness, screen);
    }

    /// <summary>The same without a screen, which is not worth making for neurons that are used once.</summary>
    public CpuTensor RecallPlainly(Tensor directions, Tensor sharpness, IReadOnlyList<NeuronBlock> blocks)
    {
        Require(sharpness.Shape.Count == 1, "sharpness must be one value", directions, sharpness);
        NeuronCopy? copy = _neuronCopies.Known(blocks);
        if (copy is null || copy.KeySize != directions.Shape.Columns || blocks[0].Form != NeuronForm.Recall)
        {
            CheckRecall(directions, blocks);
            copy = _neuronCopies.Count(blocks);
        }

        return Recall(directions, sharpness, blocks, copy);
    }

    private CpuTensor Recall(Tensor directions, Tensor sharpness, RecallScreen screen)
    {
        using TensorReading us = Read(directions);
        using TensorReading factor = Read(sharpness);
        CpuTensor y = Allocate(WithColumns(directions.Shape, screen.ValueSize));
        using TensorReading ys = Read(y);
        Cpu.Recall.Forward(workers, us.Values, *factor.Values, screen, directions.Shape.Rows, ys.Values);
        GC.KeepAlive(screen);
        return y;
    }

    private CpuTensor Recall(Tensor directions, Tensor sharpness, IReadOnlyList<NeuronBlock> blocks, NeuronCopy? copy)
    {
        int values = blocks[0].Values.Shape.Columns;
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

    private static void CheckRecall(Tensor directions, IReadOnlyList<NeuronBlock> blocks) =>
        Check(blocks, block => block.Form == NeuronForm.Recall, directions, blocks.Count == 0 ? 0 : blocks[0].Values.Shape.Columns, nameof(Recall));

    private static void Check(IReadOnlyList<NeuronBlock> blocks, Predicate<NeuronBlock> isOfForm, Tensor x, int values, string operation)
    {
        int keys = x.Shape.Columns;
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
    }
}
