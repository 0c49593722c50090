using System.Text;
using Ibke.Runtime.Tokenization.Normalizers;
using Ibke.Runtime.Tokenization.Patterns;

namespace Ibke.Runtime.Tokenization;

/// <summary>
/// Marks tokens that a text only quotes, so that they are encoded as ordinary characters. The mark, two private characters, stands behind the
/// first character of a token, or on both sides of a token of one character. Where its first character stands in a text, that is written as two
/// others. A marked text goes through a template like any other, and <see cref="Tokenizer.EncodeMarked"/> then reads the marks.
/// </summary>
/// <remarks>Immutable and thread-safe.</remarks>
internal sealed class LiteralText
{
    private const char Escape = '\uF8FE';
    private const char Mark = '\uF8FC';
    private const char Itself = '\uF8FD';

    private readonly AddedTokenMatcher _raw;
    private readonly AddedTokenMatcher _normalized;
    private readonly Normalizer? _normalizer;

    /// <summary>Marks some tokens.</summary>
    /// <param name="raw">Those that are looked for in the text as it is.</param>
    /// <param name="normalized">Those that are looked for in the normalized text.</param>
    /// <param name="normalizer">Normalizes, or null.</param>
    public LiteralText(AddedTokenMatcher raw, AddedTokenMatcher normalized, Normalizer? normalizer)
    {
        _raw = raw;
        _normalized = normalized;
        _normalizer = normalizer;
    }

    /// <summary>The text with its tokens marked. A text without any stays as it is.</summary>
    public string MarkTokens(string text)
    {
        SortedSet<int> marks = [];
        foreach ((int start, int end) in _raw.Occurrences(text))
        {
            AddMarks(text, start, end, marks);
        }

        if (!_normalized.IsEmpty)
        {
            AddNormalized(text, marks);
        }

        // Two texts that a template writes side by side must not make a token either.
        if (_raw.EndsInside(text))
        {
            marks.Add(text.Length);
        }

        return marks.Count == 0 && !text.Contains(Escape, StringComparison.Ordinal) ? text : Write(text, marks);
    }

    /// <summary>Takes the marks out of a text.</summary>
    /// <param name="marked">The text with marks.</param>
    /// <param name="marks">The places in the plain text where they stood, in order.</param>
    public static string Read(string marked, out int[] marks)
    {
        if (!marked.Contains(Escape, StringComparison.Ordinal))
        {
            marks = [];
            return marked;
        }

        StringBuilder plain = new(marked.Length);
        List<int> places = [];
        for (int i = 0; i < marked.Length; i++)
        {
            if (marked[i] != Escape || i + 1 == marked.Length || marked[i + 1] is not (Mark or Itself))
            {
                plain.Append(marked[i]);
            }
            else if (marked[++i] == Itself)
            {
                plain.Append(Escape);
            }
            else
            {
                places.Add(plain.Length);
            }
        }

        marks = [.. places];
        return plain.ToString();
    }

    /// <summary>The marks of a text that was normalized: each stands before the first unit that comes from behind it.</summary>
    public static int[] Follow(ReadOnlySpan<int> marks, ReadOnlySpan<int> sources)
    {
        List<int> followed = [];
        int next = 0;
        for (int i = 0; i < sources.Length && next < marks.Length; i++)
        {
            if (sources[i] >= marks[next])
            {
                followed.Add(i);
            }

            while (next < marks.Length && sources[i] >= marks[next])
            {
                next++;
            }
        }

        return [.. followed];
    }

    private void AddNormalized(string text, SortedSet<int> marks)
    {
        List<int> sources = [];
        string valid = Tokenizer.WellFormed(text);
        string normalized = _normalizer?.Normalize(valid, sources) ?? valid;
        if (_normalized.EndsInside(normalized))
        {
            marks.Add(text.Length);
        }

        foreach ((int start, int end) in _normalized.Occurrences(normalized))
        {
            int first = ReferenceEquals(normalized, valid) ? start : sources[start];
            int last = ReferenceEquals(normalized, valid) ? end - 1 : sources[end - 1];
            if (first >= 0 && last >= first)
            {
                AddMarks(text, first, last + PatternMachine.LengthAt(text, last), marks);
            }
        }
    }

    private static void AddMarks(string text, int start, int end, SortedSet<int> marks)
    {
        int second = start + PatternMachine.LengthAt(text, start);
        marks.Add(second);
        if (second >= end)
        {
            marks.Add(start);
        }
    }

    private static string Write(string text, SortedSet<int> marks)
    {
        StringBuilder marked = new(text.Length + marks.Count);
        for (int i = 0; i <= text.Length; i++)
        {
            if (marks.Contains(i))
            {
                marked.Append(Escape).Append(Mark);
            }

            if (i < text.Length)
            {
                marked.Append(text[i]);
            }

            if (i < text.Length && text[i] == Escape)
            {
                marked.Append(Itself);
            }
        }

        return marked.ToString();
    }
}
