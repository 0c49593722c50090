namespace Ibke.Runtime.Constraints.Grammar;

/// <summary>A JSON array. A goal's position is the number of items written, up to where all further ones are alike.</summary>
internal sealed class ArrayNode : Composite
{
    private readonly GrammarNode[] _first;
    private readonly GrammarNode? _others;
    private readonly int _least;
    private readonly int _most;
    private readonly Punctuation _punctuation;
    private readonly long[] _firstCosts;

    /// <summary>Makes it.</summary>
    /// <param name="first">The items at the beginning, each of its own form.</param>
    /// <param name="others">All further items; null where there are none.</param>
    /// <param name="least">The least number of items.</param>
    /// <param name="most">The largest, or <see cref="int.MaxValue"/>.</param>
    /// <param name="punctuation">Brackets and commas.</param>
    public ArrayNode(IReadOnlyList<GrammarNode> first, GrammarNode? others, int least, int most, Punctuation punctuation)
    {
        _first = [.. first];
        _others = others is { Cost: < Impossible } ? others : null;
        _least = least;
        _most = _others is null ? Math.Min(most, first.Count) : most;
        _punctuation = punctuation;
        _firstCosts = new long[first.Count + 1];
        for (int i = 0; i < first.Count; i++)
        {
            _firstCosts[i + 1] = Sum(_firstCosts[i], Sum(_punctuation.Comma.Cost, first[i].Cost));
        }
    }

    /// <inheritdoc/>
    public override Goal Start => new(this, 0, _least, _most);

    /// <inheritdoc/>
    public override long CostOf(in Goal goal)
    {
        if (goal.Least > goal.Most)
        {
            return Impossible;
        }

        if (goal.Least == 0)
        {
            return goal.Position == 0 ? _punctuation.EmptyArray.Cost : _punctuation.CloseArray.Cost;
        }

        int ownForms = Math.Min(goal.Least, Math.Max(0, _first.Length - goal.Position));
        long cost = goal.Position >= _first.Length ? 0 : _firstCosts[goal.Position + ownForms] - _firstCosts[goal.Position];
        cost = cost < 0 || (ownForms > 0 && _firstCosts[goal.Position + ownForms] >= Impossible) ? Impossible : cost;
        int alike = goal.Least - ownForms;
        long each = _others is null ? Impossible : Sum(_punctuation.Comma.Cost, _others.Cost);
        cost = alike == 0 ? cost : Sum(cost, each >= Impossible / alike ? Impossible : each * alike);

        // The first item has a bracket before it in place of a comma.
        cost = goal.Position > 0 || cost >= Impossible ? cost : Sum(cost - _punctuation.Comma.Cost, _punctuation.OpenArray.Cost);
        return Sum(cost, _punctuation.CloseArray.Cost);
    }

    /// <inheritdoc/>
    public override IEnumerable<Goal[]> Alternatives(Goal goal)
    {
        bool isFirst = goal.Position == 0;
        if (goal.Least == 0)
        {
            yield return [isFirst ? _punctuation.EmptyArray.Start : _punctuation.CloseArray.Start];
        }

        GrammarNode? item = goal.Position < _first.Length ? _first[goal.Position] : _others;
        if (goal.Most > 0 && item is not null)
        {
            Goal rest = new(
                this,
                Math.Min(goal.Position + 1, Math.Max(1, _first.Length)),
                Math.Max(0, goal.Least - 1),
                goal.Most == int.MaxValue ? int.MaxValue : goal.Most - 1);
            yield return [isFirst ? _punctuation.OpenArray.Start : _punctuation.Comma.Start, item.Start, rest];
        }
    }
}
