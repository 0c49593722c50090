using System.Text;
using Ibke.Runtime.Constraints.Vocabulary;

namespace Ibke.Runtime.Constraints.Grammar;

/// <summary>How a mark stands in a free text.</summary>
internal enum MarkPlace
{
    /// <summary>The text ends with it, and only there.</summary>
    AtEnd,

    /// <summary>The text does not hold it, and may end anywhere.</summary>
    Nowhere,

    /// <summary>The text does not begin with it, and may end anywhere.</summary>
    NotAtStart,
}

/// <summary>Any bytes, up to a mark or without it: what a model writes before it begins what is constrained.</summary>
internal sealed class FreeTextTerminal : Terminal
{
    private readonly byte[] _mark;
    private readonly MarkPlace _place;
    private readonly int[] _fallback;
    private readonly int[] _costs;

    /// <summary>Makes it for a vocabulary.</summary>
    public FreeTextTerminal(string mark, MarkPlace place, TokenTrie trie)
    {
        _mark = Encoding.UTF8.GetBytes(mark);
        _place = place;
        _fallback = Fallbacks(_mark);
        _costs = TokenCosts.Of(ByteAutomaton.OfTexts([mark]), trie);
    }

    // Positions count the bytes of the mark that end the text so far; with all of them, or one more, the text is past it.
    private int Done => _mark.Length;

    private int Past => _mark.Length + 1;

    /// <inheritdoc/>
    public override Goal Start => new(this, 0);

    /// <inheritdoc/>
    public override bool IsFree => true;

    /// <inheritdoc/>
    public override long CostOf(in Goal goal) =>
        _place != MarkPlace.AtEnd ? 0 : _costs[goal.Position] == TokenCosts.None ? Impossible : _costs[goal.Position];

    /// <inheritdoc/>
    public override bool TryStep(in Goal goal, byte value, out Goal next)
    {
        int position = goal.Position;
        if (_place == MarkPlace.NotAtStart)
        {
            position = position < Done && _mark[position] == value ? position + 1 : Past;
        }
        else
        {
            while (position > 0 && _mark[position] != value)
            {
                position = _fallback[position];
            }

            position += _mark[position] == value ? 1 : 0;
        }

        next = goal with { Position = position };
        return position != Done || _place == MarkPlace.AtEnd;
    }

    /// <inheritdoc/>
    public override bool CanEnd(in Goal goal) => _place != MarkPlace.AtEnd || goal.Position == Done;

    /// <inheritdoc/>
    public override bool CanGoOn(in Goal goal) => goal.Position != Done;

    // For each beginning of the mark its longest end, not all of it, that begins the mark (Knuth, Morris, Pratt).
    private static int[] Fallbacks(byte[] mark)
    {
        int[] fallback = new int[mark.Length + 1];
        for (int i = 1, length = 0; i < mark.Length; i++)
        {
            while (length > 0 && mark[i] != mark[length])
            {
                length = fallback[length];
            }

            length += mark[i] == mark[length] ? 1 : 0;
            fallback[i + 1] = length;
        }

        return fallback;
    }
}
