namespace Ibke.Runtime.Tokenization.PreTokenizers;

/// <summary>
/// A text on its way through the pre-tokenizers: its pieces, and where it is wanted, for every UTF-16 unit the place in the original text that
/// it stands for. Empty pieces are left out.
/// </summary>
/// <remarks>Used again for text after text; belongs to one thread.</remarks>
internal sealed class PieceBuffer
{
    private const int LargestKept = 1 << 16;

    [ThreadStatic]
    private static PieceBuffer? s_spare;

    private char[] _text = new char[256];
    private char[] _formerText = new char[256];
    private int[] _sources = [];
    private int[] _formerSources = [];
    private Piece[] _pieces = new Piece[64];
    private Piece[] _formerPieces = new Piece[64];
    private int _length;
    private int _pieceStart;

    private readonly record struct Piece(int Start, int End);

    /// <summary>The number of pieces.</summary>
    public int Count { get; private set; }

    /// <summary>The number of pieces before the pass that has begun.</summary>
    public int FormerCount { get; private set; }

    /// <summary>Whether the places in the original text are known.</summary>
    public bool HasSources { get; private set; }

    /// <summary>A piece; valid until the buffer changes.</summary>
    public ReadOnlySpan<char> this[int index] => _text.AsSpan(_pieces[index].Start, _pieces[index].End - _pieces[index].Start);

    /// <summary>A buffer for one encoding.</summary>
    public static PieceBuffer Rent()
    {
        PieceBuffer buffer = s_spare ?? new PieceBuffer();
        s_spare = null;
        return buffer;
    }

    /// <summary>Lets another encoding on this thread use the buffer.</summary>
    public void Return()
    {
        if (_text.Length <= LargestKept && _formerText.Length <= LargestKept && _pieces.Length <= LargestKept)
        {
            s_spare = this;
        }
    }

    /// <summary>Begins with a text as the only piece.</summary>
    /// <param name="text">Without lone surrogates.</param>
    /// <param name="sources">The places of its units in the original text; none where they are not wanted.</param>
    public void Reset(ReadOnlySpan<char> text, ReadOnlySpan<int> sources)
    {
        HasSources = !sources.IsEmpty;
        Reserve(ref _text, text.Length);
        text.CopyTo(_text);
        if (HasSources)
        {
            Reserve(ref _sources, sources.Length);
            sources.CopyTo(_sources);
        }

        _length = text.Length;
        Count = 0;
        Keep(0, _length);
    }

    /// <summary>The place of every unit of a piece in the original text, where these are known.</summary>
    public ReadOnlySpan<int> SourcesOf(int index) => _sources.AsSpan(_pieces[index].Start, _pieces[index].End - _pieces[index].Start);

    /// <summary>Begins a pass that cuts the pieces without changing the text: the pieces become the former ones.</summary>
    public void BeginCuts()
    {
        (_pieces, _formerPieces) = (_formerPieces, _pieces);
        (FormerCount, Count) = (Count, 0);
    }

    /// <summary>A former piece in a pass that cuts, and where it begins in the text.</summary>
    public ReadOnlySpan<char> Uncut(int index, out int start)
    {
        Piece piece = _formerPieces[index];
        start = piece.Start;
        return _text.AsSpan(start, piece.End - start);
    }

    /// <summary>Adds a part of the text as a piece.</summary>
    public void Keep(int start, int end)
    {
        if (start >= end)
        {
            return;
        }

        if (Count == _pieces.Length)
        {
            Array.Resize(ref _pieces, 2 * Count);
        }

        _pieces[Count++] = new Piece(start, end);
    }

    /// <summary>Begins a pass that writes the pieces anew: they and their text become the former ones.</summary>
    public void BeginRewrite()
    {
        BeginCuts();
        (_text, _formerText) = (_formerText, _text);
        (_sources, _formerSources) = (_formerSources, _sources);
        _length = _pieceStart = 0;
    }

    /// <summary>A former piece in a pass that writes.</summary>
    /// <param name="index">Its number.</param>
    /// <param name="start">Where it begins in the former text; <see cref="Write"/> takes places in that.</param>
    public ReadOnlySpan<char> Former(int index, out int start)
    {
        Piece piece = _formerPieces[index];
        start = piece.Start;
        return _formerText.AsSpan(start, piece.End - start);
    }

    /// <summary>The place in the original text that a unit of the former text stands for; only where these are known.</summary>
    public int FormerSource(int at) => _formerSources[at];

    /// <summary>Writes a text that stands for one unit of the former text.</summary>
    public void Write(ReadOnlySpan<char> text, int former)
    {
        Reserve(ref _text, _length + text.Length);
        text.CopyTo(_text.AsSpan(_length));
        if (HasSources)
        {
            Reserve(ref _sources, _length + text.Length);
            _sources.AsSpan(_length, text.Length).Fill(_formerSources[former]);
        }

        _length += text.Length;
    }

    /// <summary>Writes a part of the former text as it is.</summary>
    public void Copy(ReadOnlySpan<char> part, int former)
    {
        Reserve(ref _text, _length + part.Length);
        part.CopyTo(_text.AsSpan(_length));
        if (HasSources)
        {
            Reserve(ref _sources, _length + part.Length);
            _formerSources.AsSpan(former, part.Length).CopyTo(_sources.AsSpan(_length));
        }

        _length += part.Length;
    }

    /// <summary>Ends the piece that was written.</summary>
    public void EndPiece()
    {
        Keep(_pieceStart, _length);
        _pieceStart = _length;
    }

    private static void Reserve<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            Array.Resize(ref array, (int)Math.Min(Array.MaxLength, Math.Max(length, 2L * array.Length)));
        }
    }
}
