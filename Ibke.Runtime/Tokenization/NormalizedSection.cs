using Ibke.Runtime.Tokenization.Normalizers;
using Ibke.Runtime.Tokenization.Patterns;

namespace Ibke.Runtime.Tokenization;

/// <summary>The normalized text of a section, and where it is wanted, the place in the whole text that each of its units stands for.</summary>
internal readonly struct NormalizedSection
{
    private readonly bool _isTracked;

    private NormalizedSection(string text, int[] sources, bool isTracked)
    {
        Text = text;
        Sources = sources;
        _isTracked = isTracked;
    }

    /// <summary>The normalized text.</summary>
    public string Text { get; }

    /// <summary>
    /// For every unit of it the place in the whole text; the complement of the section's beginning for one that stands for nothing. Empty
    /// where the places are not wanted.
    /// </summary>
    public int[] Sources { get; }

    /// <summary>Normalizes a section of a text.</summary>
    public static NormalizedSection Of(string text, TextSection section, Normalizer? normalizer, bool tracks)
    {
        string raw = text[section.Start..section.End];
        List<int>? sources = tracks && normalizer is not null ? [] : null;
        string normalized = normalizer?.Normalize(raw, sources) ?? raw;
        if (!tracks)
        {
            return new NormalizedSection(normalized, [], isTracked: false);
        }

        int[] places = new int[normalized.Length];
        for (int i = 0; i < places.Length; i++)
        {
            int source = sources is null || ReferenceEquals(normalized, raw) ? i : sources[i];
            places[i] = source == RewrittenText.NoSource ? ~section.Start : section.Start + source;
        }

        return new NormalizedSection(normalized, places, isTracked: true);
    }

    /// <summary>The range of the whole text that the places of two units reach over.</summary>
    public static (int Start, int End) RangeOf(int first, int last, string text)
    {
        int start = first < 0 ? ~first : BeginningOf(first, text);
        return last < 0 ? (start, ~last) : (start, BeginningOf(last, text) + PatternMachine.LengthAt(text, BeginningOf(last, text)));
    }

    /// <summary>The places in the normalized text of marks in the whole text.</summary>
    public ReadOnlySpan<int> Follow(ReadOnlySpan<int> marks) => marks.IsEmpty || !_isTracked ? [] : LiteralText.Follow(marks, Sources);

    /// <summary>An added token that was found in the normalized text.</summary>
    public EncodedToken Token(TextSection part, string text)
    {
        (int start, int end) = RangeOf(Sources[part.Start], Sources[part.End - 1], text);
        return new EncodedToken(part.TokenId!.Value, Text[part.Start..part.End], start, end);
    }

    private static int BeginningOf(int place, string text) =>
        place > 0 && char.IsLowSurrogate(text[place]) && char.IsHighSurrogate(text[place - 1]) ? place - 1 : place;
}
