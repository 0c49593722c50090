namespace Ibke.Runtime.Tokenization.Subwords;

/// <summary>The places of a long piece where a merge of one rank may be made, taken from left to right.</summary>
/// <remarks>Nearly all come in order and are kept in a list; those that come late, in a heap beside it.</remarks>
internal sealed class MergePlaces
{
    private readonly List<int> _ordered = [];
    private PriorityQueue<int, int>? _late;
    private int _taken;

    /// <summary>Adds a place.</summary>
    public void Add(int place)
    {
        if (_ordered.Count == 0 || _ordered[^1] <= place)
        {
            _ordered.Add(place);
        }
        else
        {
            (_late ??= new PriorityQueue<int, int>()).Enqueue(place, place);
        }
    }

    /// <summary>Takes the leftmost place.</summary>
    public bool TryTake(out int place)
    {
        bool hasOrdered = _taken < _ordered.Count;
        if (_late is not null && _late.TryPeek(out place, out _) && (!hasOrdered || place < _ordered[_taken]))
        {
            _late.Dequeue();
            return true;
        }

        place = hasOrdered ? _ordered[_taken++] : 0;
        return hasOrdered;
    }
}
