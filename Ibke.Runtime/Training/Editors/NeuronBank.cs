using Ibke.Runtime.Editing;

namespace Ibke.Runtime.Training.Editors;

/// <summary>
/// Edits of earlier steps, as they were computed then. They stay in force as a background, so that an editor learns what its neurons must
/// not do among hundreds of others. Nothing flows back through them.
/// </summary>
/// <param name="capacity">The most edits it holds; the oldest go first.</param>
internal sealed class NeuronBank(int capacity)
{
    private readonly List<BankedEdit> _edits = [];

    /// <summary>The edits, oldest first.</summary>
    public IReadOnlyList<BankedEdit> Edits => _edits;

    /// <summary>Those that change none of some facts.</summary>
    public IReadOnlyList<BankedEdit> Without(IReadOnlyList<EditedFact> facts) =>
        [.. _edits.Where(edit => !facts.Any(fact => fact.IsSame(edit.Fact)))];

    /// <summary>Adds edits; those of the same facts leave.</summary>
    public void Add(IEnumerable<BankedEdit> edits)
    {
        if (capacity == 0)
        {
            return;
        }

        foreach (BankedEdit edit in edits)
        {
            _edits.RemoveAll(other => other.Fact.IsSame(edit.Fact));
            _edits.Add(edit);
        }

        _edits.RemoveRange(0, Math.Max(0, _edits.Count - capacity));
    }
}

/// <summary>An edit of an earlier step.</summary>
/// <param name="Fact">What it changes.</param>
/// <param name="Factors">What the editor made of it.</param>
internal sealed record BankedEdit(EditedFact Fact, EditFactors Factors)
{
    /// <summary>A part of many edits, after each other.</summary>
    public static float[] Join(IReadOnlyList<BankedEdit> edits, Func<BankedEdit, float[]> part)
    {
        float[] joined = new float[edits.Sum(edit => part(edit).Length)];
        int at = 0;
        foreach (BankedEdit edit in edits)
        {
            part(edit).CopyTo(joined, at);
            at += part(edit).Length;
        }

        return joined;
    }
}
