using System.Text;
using Ibke.Runtime.Tokenization.Patterns;

namespace Ibke.Runtime.Tokenization.Normalizers;

/// <summary>Brings a text into one of the four normal forms of Unicode, on any platform and without culture data.</summary>
internal sealed class UnicodeNormalizer : Normalizer
{
    private readonly UnicodeDecompositions _table = UnicodeDecompositions.Shared;
    private readonly bool _compatible;
    private readonly bool _composing;
    private readonly CodePointSet _changing;

    /// <summary>Makes a normalizer.</summary>
    public UnicodeNormalizer(NormalizationForm form)
    {
        _compatible = form is NormalizationForm.FormKC or NormalizationForm.FormKD;
        _composing = form is NormalizationForm.FormC or NormalizationForm.FormKC;
        _changing = _table.Changing(_compatible, _composing);
    }

    /// <summary>A character on its way.</summary>
    /// <param name="CodePoint">The character.</param>
    /// <param name="Class">Its combining class.</param>
    /// <param name="Change">
    /// 1 for a character that is new beside the one before it; 0 or less for one that takes the place of a former character, and of as many more.
    /// </param>
    private readonly record struct Part(int CodePoint, int Class, int Change);

    /// <inheritdoc/>
    public override string Normalize(string text, List<int>? sources)
    {
        int next = Ascii.IsValid(text) ? -1 : _changing.IndexIn(text, 0);
        if (next < 0)
        {
            return text;
        }

        RewrittenText normal = new(text.Length, sources);
        List<Part> parts = [];
        int done = 0;
        for (; next >= 0; next = _changing.IndexIn(text, done))
        {
            // The character before may be composed with this one.
            int start = next > done ? PatternMachine.Before(text, next) : next;
            normal.Keep(text, done, start);
            done = next;
            while (done < text.Length && _changing.MatchLength(text, done) is int length && length > 0)
            {
                done += length;
            }

            parts.Clear();
            Decompose(text.AsSpan(start..done), parts);
            if (_composing)
            {
                Compose(parts);
            }

            Write(parts, text, start, normal);
        }

        normal.Keep(text, done, text.Length);
        return normal.ToString();
    }

    /// <summary>Adds the decomposed characters in canonical order.</summary>
    private void Decompose(ReadOnlySpan<char> text, List<Part> parts)
    {
        int unordered = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            int change = 0;
            foreach (int codePoint in _table.Decompose(rune.Value, _compatible) ?? [rune.Value])
            {
                int combiningClass = _table.CombiningClass(codePoint);
                if (combiningClass == 0)
                {
                    Order(parts, unordered);
                    unordered = parts.Count + 1;
                }

                parts.Add(new Part(codePoint, combiningClass, change));
                change = 1;
            }
        }

        Order(parts, unordered);
    }

    /// <summary>Orders marks by their class; those of one class stay in their order.</summary>
    private static void Order(List<Part> parts, int from)
    {
        if (parts.Count - from < 2)
        {
            return;
        }

        Part[] ordered = [.. parts.Skip(from).OrderBy(part => part.Class)];
        for (int i = 0; i < ordered.Length; i++)
        {
            parts[from + i] = ordered[i];
        }
    }

    /// <summary>Joins each starter with the marks after it, as far as there is a character for both and no mark between blocks it.</summary>
    private void Compose(List<Part> parts)
    {
        int starter = -1;
        int written = 0;
        int lastClass = 0;
        for (int i = 0; i < parts.Count; i++)
        {
            Part part = parts[i];
            bool adjacent = starter == written - 1;
            if (starter >= 0 && (adjacent || (lastClass < part.Class && lastClass > 0))
                && _table.Compose(parts[starter].CodePoint, part.CodePoint) is int composed)
            {
                parts[starter] = new Part(composed, 0, parts[starter].Change + part.Change - 1);
                continue;
            }

            if (part.Class == 0)
            {
                starter = written;
            }

            lastClass = part.Class;
            parts[written++] = part;
        }

        parts.RemoveRange(written, parts.Count - written);
    }

    private static void Write(List<Part> parts, string text, int start, RewrittenText normal)
    {
        int at = start;
        foreach (Part part in parts)
        {
            if (part.Change > 0)
            {
                normal.Add(new Rune(part.CodePoint), at == 0 ? RewrittenText.NoSource : PatternMachine.Before(text, at));
                continue;
            }

            normal.Add(new Rune(part.CodePoint), at);
            for (int taken = part.Change; taken <= 0; taken++)
            {
                at += PatternMachine.LengthAt(text, at);
            }
        }
    }
}
