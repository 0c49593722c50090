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
        piece.CopyTo(Extend(piece.Length));
        EndPiece();
    }

    /// <summary>Room for more characters of the piece that is being written, all of which the caller writes.</summary>
    public Span<char> Extend(int length)
    {
        if (_length + length > _characters.Length)
        {
            Array.Resize(ref _characters, Math.Max(_length + length, 2 * _characters.Length));
        }

        _length += length;
        return _characters.AsSpan(_length - length, length);
    }

    /// <summary>Ends the piece that is being written.</summary>
    public void EndPiece()
    {
        if (_length > (_ends.Count == 0 ? 0 : _ends[^1]))
        {
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
