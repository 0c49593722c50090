using System.Text;

namespace Ibke.Runtime.Generation;

/// <summary>Passes text on, holding back what may be the beginning of a stop sequence, until one is complete.</summary>
internal sealed class StopSequenceFilter(IReadOnlyList<string> sequences)
{
    private readonly StringBuilder _held = new();

    /// <summary>Whether a stop sequence has been found. Nothing is passed on after that.</summary>
    public bool Stopped { get; private set; }

    /// <summary>Takes new text and returns what is certain now: everything before the earliest stop sequence, and before what may become one.</summary>
    public string Append(string text)
    {
        if (sequences.Count == 0)
        {
            return text;
        }

        if (Stopped)
        {
            return "";
        }

        string all = _held.Append(text).ToString();
        _held.Clear();
        int first = -1;
        foreach (string sequence in sequences)
        {
            int at = all.IndexOf(sequence, StringComparison.Ordinal);
            first = at >= 0 && (first < 0 || at < first) ? at : first;
        }

        if (first >= 0)
        {
            Stopped = true;
            return all[..first];
        }

        int certain = all.Length - LongestBeginning(all);
        _held.Append(all, certain, all.Length - certain);
        return all[..certain];
    }

    /// <summary>Returns what was held back, at the end of the text.</summary>
    public string Flush()
    {
        string rest = _held.ToString();
        _held.Clear();
        return rest;
    }

    // The length of the longest ending of the text that begins a stop sequence.
    private int LongestBeginning(string text)
    {
        int longest = 0;
        foreach (string sequence in sequences)
        {
            for (int length = Math.Min(sequence.Length - 1, text.Length); length > longest; length--)
            {
                if (text.AsSpan(text.Length - length).SequenceEqual(sequence.AsSpan(0, length)))
                {
                    longest = length;
                }
            }
        }

        return longest;
    }
}
