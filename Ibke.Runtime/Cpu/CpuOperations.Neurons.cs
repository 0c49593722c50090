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
            Check(blocks, block => block.Form != NeuronForm.Recall, x, hidden, hidden, nameof(Neurons));
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
    public override CpuTensor Recall(
        Tensor? output, Tensor x, Tensor metric, Tensor offset, Tensor sharpness, IReadOnlyList<NeuronBlock> blocks)
    {
        Require(metric.Shape.Rank == 2 && metric.Shape.Columns == x.Shape.Columns, "x [rows, hidden] and metric [key size, hidden] must have the same hidden", x, metric);
        (int rows, int keySize) = (x.Shape.Rows, metric.Shape[0]);
        Require(offset.Shape.Count == keySize, "offset must have one value for each row of metric", metric, offset);
        Require(sharpness.Shape.Count == 1, "sharpness must be one value", x, sharpness);
        (RecallScreen? screen, NeuronCopy? copy) = Arranged(blocks, keySize, metric);
        TensorShape shape = WithColumns(x.Shape, blocks[0].Values.Shape.Columns);
        Require(output is null || output.Shape == shape, "output must be as long as the values, for each row of x", x, output);
        using Scratch directions = new((long)rows * keySize);
        Direct(x, metric, offset, directions.Pointer);
        using TensorReading factor = Read(sharpness);
        using TensorReading before = Read(output);
        CpuTensor y = Allocate(shape);
        using TensorReading ys = Read(y);
        if (screen is not null)
        {
            Cpu.Recall.Forward(workers, directions.Pointer, *factor.Values, screen, rows, before.Values, ys.Values);
            GC.KeepAlive(screen);
            return y;
        }

        RecallPlainly(directions.Pointer, *factor.Values, blocks, copy, rows, keySize, ys.Values);
        if (output is not null)
        {
            Cpu.Add.Forward(workers, ys.Values, before.Values, rows, shape.Columns, Broadcast.None, ys.Values);
        }

        return y;
    }

    /// <summary>What neurons add for directions, rows of length one; nothing is arranged, for the neurons are used once.</summary>
    public CpuTensor RecallOnce(Tensor directions, Tensor sharpness, IReadOnlyList<NeuronBlock> blocks)
    {
        Require(sharpness.Shape.Count == 1, "sharpness must be one value", directions, sharpness);
        (int rows, int keySize) = (directions.Shape.Rows, directions.Shape.Columns);
        CheckRecall(blocks, keySize, directions);
        using TensorReading us = Read(directions);
        using TensorReading factor = Read(sharpness);
        CpuTensor y = Allocate(WithColumns(directions.Shape, blocks[0].Values.Shape.Columns));
        using TensorReading ys = Read(y);
        RecallPlainly(us.Values, *factor.Values, blocks, copy: null, rows, keySize, ys.Values);
        return y;
    }

    // What was made of blocks, which are checked before it is made; neither of blocks that are not worth it.
    private (RecallScreen? Screen, NeuronCopy? Copy) Arranged(IReadOnlyList<NeuronBlock> blocks, int keySize, Tensor metric)
    {
        if (RecallScreen.IsSupported(workers.Instructions))
        {
            if (_recallScreens.Known(blocks) is { } screen && screen.KeySize == keySize)
            {
                return (screen, null);
            }

            CheckRecall(blocks, keySize, metric);
            return (_recallScreens.Count(blocks), null);
        }

        if (_neuronCopies.Known(blocks) is { } copy && copy.KeySize == keySize && blocks[0].Form == NeuronForm.Recall)
        {
            return (null, copy);
        }

        CheckRecall(blocks, keySize, metric);
        return (null, _neuronCopies.Count(blocks));
    }

    // u = x metricᵀ + offset, of length one. [rows, key size]
    private void Direct(Tensor x, Tensor metric, Tensor offset, float* directions)
    {
        (int rows, int keySize) = (x.Shape.Rows, metric.Shape[0]);
        CpuTensor weight = Own(metric, nameof(Recall));
        using TensorReading xs = Read(x);
        using TensorReading offsets = Read(offset);
        CpuStorage stored = weight.Hold();
        try
        {
            Cpu.Linear.Forward(
                workers, memory, xs.Values, stored, weight.ElementType, offsets.Values, rows, metric.Shape.Columns, keySize, directions);
        }
        finally
        {
            stored.Release();
        }

        Cpu.NormalizeRows.Forward(workers, directions, rows, keySize, directions);
    }

    private void RecallPlainly(
        float* directions, float sharpness, IReadOnlyList<NeuronBlock> blocks, NeuronCopy? copy, int rows, int keySize, float* destination)
    {
        using NeuronReading neurons = new(blocks, copy, memory);
        fixed (NeuronPointers* pointers = neurons.Blocks)
        {
            RecalledNeurons recalled = new(pointers, neurons.Blocks.Length, keySize, blocks[0].Values.Shape.Columns);
            Cpu.Recall.Forward(workers, memory, directions, sharpness, recalled, rows, destination);
        }
    }

    private static void CheckRecall(IReadOnlyList<NeuronBlock> blocks, int keySize, Tensor x) =>
        Check(blocks, block => block.Form == NeuronForm.Recall, x, keySize, blocks.Count == 0 ? 0 : blocks[0].Values.Shape.Columns, nameof(Recall));

    // x, of whatever the key size comes from, is for messages.
    private static void Check(IReadOnlyList<NeuronBlock> blocks, Predicate<NeuronBlock> isOfForm, Tensor x, int keys, int values, string operation)
    {
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
            Require(block.Keys.Shape.Rank == 2 && block.Keys.Shape.Columns == keys, block.Form == NeuronForm.Recall ? "keys must be [neurons, rows of the metric]" : "keys must be [neurons, columns of x]", x, block.Keys, operation);
            Require(block.Values.Shape == new TensorShape(neurons, values), "values must be as many as keys, and as long as those of other blocks", block.Keys, block.Values, operation);
            Require(
                thresholded ? block.Thresholds?.Shape.Count == neurons : block.Thresholds is null,
                "thresholds must be one for each neuron, none in the linear form", block.Keys, block.Thresholds, operation);
        }
    }
}
