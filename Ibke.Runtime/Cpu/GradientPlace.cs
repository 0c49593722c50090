namespace Ibke.Runtime.Cpu;

/// <summary>Where a kernel puts a gradient.</summary>
/// <param name="values">Room for it; null where it is not wanted.</param>
/// <param name="add">Whether it is added to what is there; otherwise that has no meaning and all of it is overwritten.</param>
internal readonly unsafe struct GradientPlace(float* values, bool add)
{
    /// <summary>Room for the gradient; null where it is not wanted.</summary>
    public float* Values => values;

    /// <summary>Whether it is added to what is there.</summary>
    public bool Add => add;

    /// <summary>A place that holds a sum already, zeros at first.</summary>
    public static implicit operator GradientPlace(float* sum) => new(sum, true);
}
