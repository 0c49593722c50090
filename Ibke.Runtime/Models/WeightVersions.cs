using System.Diagnostics.CodeAnalysis;

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

    /// <summary>Like <see cref="Publish"/>, but only while the current version is the one that the decision was made on.</summary>
    /// <param name="expected">The version that was current then.</param>
    /// <param name="edits">The edits of the new version.</param>
    /// <param name="published">The new version; null where another was published in the meantime.</param>
    /// <returns>Whether it was published; if not, nothing changed.</returns>
    public bool TryPublish(WeightVersion expected, IEnumerable<WeightEdit> edits, [NotNullWhen(true)] out WeightVersion? published)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(edits);
        WeightVersion next = new(expected.Number + 1, edits);
        published = Interlocked.CompareExchange(ref _current, next, expected) == expected ? next : null;
        return published is not null;
    }

    /// <summary>Makes a version with these edits that nobody else sees, to be judged; its number is the one it would be published under.</summary>
    public WeightVersion Shadow(IEnumerable<WeightEdit> edits) => new(Current.Number + 1, edits);
}
