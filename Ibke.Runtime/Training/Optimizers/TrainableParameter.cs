using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Training.Optimizers;

/// <summary>A parameter under training: its values and its gradient, in memory of the host and in float32.</summary>
/// <remarks>The network never sees these arrays: each step makes tensors of its own from the values. Not thread-safe.</remarks>
internal sealed class TrainableParameter
{
    /// <summary>Takes over the values.</summary>
    /// <param name="name">Its name in the checkpoint.</param>
    /// <param name="shape">Its shape in the checkpoint.</param>
    /// <param name="values">Row-major; written by optimizers from now on.</param>
    /// <exception cref="ArgumentException">The number of values is not that of the shape.</exception>
    public TrainableParameter(string name, TensorShape shape, float[] values)
    {
        if (values.Length != shape.Count)
        {
            throw new ArgumentException($"{name} {shape} has {values.Length} values.", nameof(values));
        }

        Name = name;
        Shape = shape;
        Values = values;
        Gradient = new float[values.Length];
    }

    /// <summary>Its name in the checkpoint.</summary>
    public string Name { get; }

    /// <summary>Its shape in the checkpoint.</summary>
    public TensorShape Shape { get; }

    /// <summary>The values, row-major.</summary>
    public float[] Values { get; }

    /// <summary>What the next step of an optimizer goes by; as long as <see cref="Values"/>.</summary>
    public float[] Gradient { get; }
}
