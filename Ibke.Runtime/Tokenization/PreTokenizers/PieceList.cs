namespace Ibke.Runtime.Tokenization.PreTokenizers;

/// <summary>Pieces of text, kept one after the other in one buffer. Empty pieces are left out.</summary>
internal sealed class PieceList
{
    private readonly List<int> _ends = [];
    private char[] _characters = new char[256];
    private int _length;

    /// <summary>The number of pieces.</summary>
    public int Count => _ends.Count;

    /// <summary>A piece; valid until the list changes.</summary>
    public ReadOnlySpan<char> this[int index]
    {
        get
        {
            int start = index == 0 ? 0 : _ends[index - 1];
            return _characters.AsSpan(start, _ends[index] - start);
        }
    }

    /// <summary>Adds a piece.</summary>
    public void Add(ReadOnlySpan<char> piece)
    {
        piece.CopyTo(Reserve(piece.Length));
        AddReserved(piece.Length);
    }

    /// <summary>Room in which the caller writes the next piece; <see cref="AddReserved"/> then adds it.</summary>
    public Span<char> Reserve(int most)
    {
        if (_characters.Length - _length < most)
        {
            Array.Resize(ref _characters, Math.Max(_length + most, 2 * _characters.Length));
        }

        return _characters.AsSpan(_length, most);
    }

    /// <summary>Adds the piece that was written into the reserved room.</summary>
    public void AddReserved(int length)
    {
        if (length > 0)
        {
            _length += length;
            _ends.Add(_length);
        }
    }

    /// <summary>Takes all pieces out.</summary>
    public void Clear()
    {
        _ends.Clear();
        _length = 0;
    }
}
