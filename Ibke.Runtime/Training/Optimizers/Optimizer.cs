namespace Ibke.Runtime.Training.Optimizers;

/// <summary>Changes a group of parameters by their gradients. Groups with other settings are other optimizers.</summary>
/// <remarks>Not thread-safe. Results depend neither on the number of threads nor on what else runs.</remarks>
internal abstract class Optimizer(IReadOnlyList<TrainableParameter> parameters)
{
    /// <summary>The group.</summary>
    public IReadOnlyList<TrainableParameter> Parameters { get; } = parameters;

    /// <summary>Steps taken so far; set only when a checkpoint is read.</summary>
    public int Steps { get; set; }

    /// <summary>
    /// What it remembers of earlier gradients, by names that are unique among the optimizers of disjoint groups. A checkpoint writes these
    /// arrays, and reads them back by overwriting.
    /// </summary>
    public abstract IReadOnlyDictionary<string, float[]> State { get; }

    /// <summary>Changes the values of all parameters by their gradients.</summary>
    /// <param name="rate">The learning rate of this step.</param>
    public void Step(float rate)
    {
        Steps++;
        Update(rate);
    }

    /// <summary>Does the step; <see cref="Steps"/> counts it already.</summary>
    protected abstract void Update(float rate);
}
