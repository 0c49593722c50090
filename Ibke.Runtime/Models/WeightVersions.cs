namespace Ibke.Runtime.Models;

/// <summary>The published version of a model's weights. A reader takes <see cref="Current"/> once and keeps what it got.</summary>
/// <remarks>Thread-safe. Publishing is one reference swap: nobody waits, and nobody sees half of it.</remarks>
public sealed class WeightVersions
{
    private WeightVersion _current = WeightVersion.Base;

    /// <summary>The version that new generations use.</summary>
    public WeightVersion Current => Volatile.Read(ref _current);

    /// <summary>Makes the version with exactly these edits the current one; its number is one above that of the version before.</summary>
    /// <returns>The new version.</returns>
    public WeightVersion Publish(IEnumerable<WeightEdit> edits)
    {
        ArgumentNullException.ThrowIfNull(edits);
        WeightEdit[] set = [.. edits];
        while (true)
        {
            WeightVersion before = Current;
            WeightVersion next = new(before.Number + 1, set);
            if (Interlocked.CompareExchange(ref _current, next, before) == before)
            {
                return next;
            }
        }
    }

    /// <summary>Makes a version with these edits that nobody else sees, to be judged; its number is the one it would be published under.</summary>
    public WeightVersion Shadow(IEnumerable<WeightEdit> edits) => new(Current.Number + 1, edits);
}
