using System.Text;

namespace Ibke.Runtime.Tokenization.Normalizers;

/// <summary>
/// A text that a normalizer writes. Where it is wanted, it also notes for every UTF-16 unit which unit of the former text it stands for.
/// </summary>
internal sealed class RewrittenText
{
    /// <summary>The source of what stands for nothing in the former text.</summary>
    public const int NoSource = -1;

    private readonly StringBuilder _text;
    private readonly List<int>? _sources;

    /// <summary>Begins an empty text.</summary>
    /// <param name="capacity">The length to expect.</param>
    /// <param name="sources">Receives the sources, or null.</param>
    public RewrittenText(int capacity, List<int>? sources)
    {
        _text = new StringBuilder(capacity);
        _sources = sources;
    }

    /// <summary>Writes what stays as it was.</summary>
    /// <param name="former">The former text.</param>
    /// <param name="start">Where the part begins in it.</param>
    /// <param name="end">Where it ends.</param>
    public void Keep(string former, int start, int end)
    {
        _text.Append(former, start, end - start);
        for (int i = start; _sources is not null && i < end; i++)
        {
            _sources.Add(i);
        }
    }

    /// <summary>Writes a text that stands for one character of the former text.</summary>
    public void Add(string text, int source)
    {
        _text.Append(text);
        AddSources(text.Length, source);
    }

    /// <summary>Writes a character that stands for one of the former text.</summary>
    public void Add(Rune character, int source)
    {
        _text.Append(character);
        AddSources(character.Utf16SequenceLength, source);
    }

    /// <summary>Writes a unit that stands for a character of the former text.</summary>
    public void Add(char unit, int source)
    {
        _text.Append(unit);
        AddSources(1, source);
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    private void AddSources(int count, int source)
    {
        for (int i = 0; _sources is not null && i < count; i++)
        {
            _sources.Add(source);
        }
    }
}
