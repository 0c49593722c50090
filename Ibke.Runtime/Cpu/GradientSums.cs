using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <summary>Gradients of one backward pass, by storage; several uses of a tensor add up.</summary>
internal sealed unsafe class GradientSums(CpuOperations operations) : IDisposable
{
    private readonly Dictionary<long, CpuTensor> _sums = [];

    /// <summary>Whether anything has been added for a storage.</summary>
    public bool Has(long id) => _sums.ContainsKey(id);

    /// <summary>The sum of a storage for adding to it, zeros at first. Valid until it is removed.</summary>
    public float* Of(long id, TensorShape shape)
    {
        if (!_sums.TryGetValue(id, out CpuTensor? sum))
        {
            _sums.Add(id, sum = operations.Zeros(shape));
        }
        else if (sum.IsShared)
        {
            _sums[id] = operations.Copy(sum);
            sum.Dispose();
            sum = _sums[id];
        }

        return Values(sum);
    }

    /// <summary>The sum of a storage that has one, for reading it.</summary>
    public float* Read(long id) => Values(_sums[id]);

    /// <summary>Room for the sum of a storage that has none yet; its values have no meaning.</summary>
    public float* New(long id, TensorShape shape)
    {
        CpuTensor sum = operations.Allocate(shape);
        _sums.Add(id, sum);
        return Values(sum);
    }

    /// <summary>Makes the sum of one storage that of another, which has none; none is copied until one of them is added to.</summary>
    /// <returns>Whether the other had none.</returns>
    public bool TryShare(long from, long to, TensorShape shape)
    {
        if (_sums.ContainsKey(to))
        {
            return false;
        }

        _sums.Add(to, (CpuTensor)_sums[from].Reshape(shape));
        return true;
    }

    /// <summary>A copy of what was summed that lives on its own; zeros where nothing was.</summary>
    public Tensor Copy(long id, TensorShape shape) =>
        _sums.TryGetValue(id, out CpuTensor? sum) ? sum.Reshape(shape) : operations.Zeros(shape);

    /// <summary>Returns the memory of a sum that nothing reads any more.</summary>
    public void Remove(long id)
    {
        if (_sums.Remove(id, out CpuTensor? sum))
        {
            sum.Dispose();
        }
    }

    /// <summary>Returns all memory.</summary>
    public void Dispose()
    {
        foreach (CpuTensor sum in _sums.Values)
        {
            sum.Dispose();
        }

        _sums.Clear();
    }

    private float* Values(CpuTensor sum)
    {
        using TensorReading values = new(sum, operations.Memory);
        return values.Values;
    }
}
