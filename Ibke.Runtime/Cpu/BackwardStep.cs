using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <summary>What the gradient of one recorded operation reads and where it adds to. Inputs are numbered as they were recorded.</summary>
internal sealed unsafe class BackwardStep(RecordedOperation operation, CpuOperations operations, GradientSums sums, IReadOnlySet<long> wanted)
    : IDisposable
{
    private readonly List<(CpuTensor Part, RecordedInput Whole)> _parts = [];
    private readonly List<CpuTensor> _scratch = [];
    private readonly nint[] _given = new nint[operation.Inputs.Length];

    /// <summary>The operations and threads to use.</summary>
    public CpuOperations Operations => operations;

    /// <summary>The threads that compute.</summary>
    public WorkerPool Workers => operations.Workers;

    /// <summary>The gradient of the result.</summary>
    public float* Upstream { get; } = sums.Read(operation.Result);

    /// <summary>Whether the gradient of an input is asked for.</summary>
    public bool Wants(int input) => wanted.Contains(operation.Inputs[input].Id);

    /// <summary>The values of an input as they are stored.</summary>
    public CpuStorage Stored(int input) => operation.Inputs[input].Stored
        ?? throw new InvalidOperationException($"Input {input} was recorded without its values.");

    /// <summary>The values of an input as float32; null where they were not kept.</summary>
    public float* Values(int input)
    {
        RecordedInput read = operation.Inputs[input];
        return read.Stored switch
        {
            null => null,
            { } stored when read.ElementType == ElementType.Float32 => (float*)stored.Pointer,
            { } stored => (float*)stored.Widened(read.ElementType, operations.Memory).Pointer,
        };
    }

    /// <summary>Where to add the gradient of an input, zeros at first; null where it is not asked for.</summary>
    public float* Gradient(int input)
    {
        if (Wants(input) && _given[input] == 0)
        {
            RecordedInput read = operation.Inputs[input];
            _given[input] = (nint)(IsGiven(read) ? Apart(read) : sums.Of(read.Id, read.Shape));
        }

        return (float*)_given[input];
    }

    /// <summary>Where to put the gradient of an input, for a kernel that can overwrite what has no meaning yet. Asked for once.</summary>
    public GradientPlace Place(int input)
    {
        RecordedInput read = operation.Inputs[input];
        if (!Wants(input) || IsGiven(read) || sums.Has(read.Id))
        {
            return Gradient(input);
        }

        _given[input] = (nint)sums.New(read.Id, read.Shape);
        return new GradientPlace((float*)_given[input], false);
    }

    /// <summary>The gradient of an input is that of the result: both share it until one of them changes.</summary>
    public void PassOn(int input)
    {
        RecordedInput read = operation.Inputs[input];
        if (Wants(input) && !sums.TryShare(operation.Result, read.Id, read.Shape))
        {
            float* sum = sums.Of(read.Id, read.Shape);
            Add.Forward(Workers, sum, Upstream, read.Shape.Rows, read.Shape.Columns, Broadcast.None, sum);
        }
    }

    /// <summary>Memory of zeros for the length of this step.</summary>
    public float* Scratch(TensorShape shape)
    {
        CpuTensor scratch = operations.Zeros(shape);
        _scratch.Add(scratch);
        using TensorReading values = new(scratch, operations.Memory);
        return values.Values;
    }

    /// <summary>Adds up what was computed apart.</summary>
    public void Dispose()
    {
        foreach ((CpuTensor part, RecordedInput whole) in _parts)
        {
            using (TensorReading values = new(part, operations.Memory))
            {
                float* sum = sums.Of(whole.Id, whole.Shape);
                Add.Forward(Workers, sum, values.Values, whole.Shape.Rows, whole.Shape.Columns, Broadcast.None, sum);
            }

            part.Dispose();
        }

        foreach (CpuTensor scratch in _scratch)
        {
            scratch.Dispose();
        }
    }

    // Kernels may not add to one place from two sides, so the second side is added at the end.
    private float* Apart(RecordedInput read)
    {
        CpuTensor part = operations.Zeros(read.Shape);
        _parts.Add((part, read));
        using TensorReading values = new(part, operations.Memory);
        return values.Values;
    }

    private bool IsGiven(RecordedInput read)
    {
        for (int other = 0; other < _given.Length; other++)
        {
            if (_given[other] != 0 && operation.Inputs[other].Id == read.Id)
            {
                return true;
            }
        }

        return false;
    }
}
