using System.Globalization;
using System.Text;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Tokenization.Patterns;

namespace Ibke.Runtime.Tokenization.Normalizers;

/// <summary>
/// Replaces characters by the compiled map of a SentencePiece model. A grapheme cluster of less than six bytes is looked up as a whole; else,
/// or where it is not found, its characters one by one.
/// </summary>
internal sealed class PrecompiledNormalizer(CharacterMap map) : Normalizer
{
    private const int LongestCluster = 5;

    /// <summary>Reads the map from its Base64 form.</summary>
    /// <exception cref="CheckpointException">It is damaged.</exception>
    public static new PrecompiledNormalizer Read(ConfigFile json)
    {
        const string Key = "precompiled_charsmap";
        try
        {
            return new PrecompiledNormalizer(new CharacterMap(Convert.FromBase64String(json.GetString(Key))));
        }
        catch (FormatException e)
        {
            throw json.Unusable(Key, e.Message.TrimEnd('.'), "Copy the file again.");
        }
    }

    /// <inheritdoc/>
    public override string Normalize(string text, List<int>? sources)
    {
        List<(Rune Character, int Change)> parts = new(text.Length);
        bool modified = false;
        Span<char> units = stackalloc char[2];
        for (int at = 0, length; at < text.Length; at += length)
        {
            length = StringInfo.GetNextTextElementLength(text.AsSpan(at));
            ReadOnlySpan<char> cluster = text.AsSpan(at, length);
            if (length <= LongestCluster && Encoding.UTF8.GetByteCount(cluster) <= LongestCluster && map.Find(cluster) is string whole)
            {
                Replace(parts, cluster, whole);
                modified = true;
                continue;
            }

            foreach (Rune rune in cluster.EnumerateRunes())
            {
                ReadOnlySpan<char> character = units[..rune.EncodeToUtf16(units)];
                if (map.Find(character) is string mapped)
                {
                    Replace(parts, character, mapped);
                    modified = true;
                }
                else
                {
                    parts.Add((rune, 0));
                }
            }
        }

        return modified ? Write(parts, text, sources) : text;
    }

    /// <summary>
    /// Adds what a part of the text becomes. Characters beyond the number of the former ones are new; where there are fewer, the last one
    /// written takes the place of the rest.
    /// </summary>
    private static void Replace(List<(Rune Character, int Change)> parts, ReadOnlySpan<char> former, string replacement)
    {
        int kept = 0;
        foreach (Rune _ in former.EnumerateRunes())
        {
            kept++;
        }

        foreach (Rune rune in replacement.EnumerateRunes())
        {
            parts.Add((rune, kept-- > 0 ? 0 : 1));
        }

        if (kept > 0 && parts.Count > 0)
        {
            parts[^1] = (parts[^1].Character, parts[^1].Change - kept);
        }
    }

    private static string Write(List<(Rune Character, int Change)> parts, string text, List<int>? sources)
    {
        RewrittenText written = new(text.Length, sources);
        int at = 0;
        foreach ((Rune character, int change) in parts)
        {
            if (change > 0)
            {
                written.Add(character, at == 0 ? RewrittenText.NoSource : PatternMachine.Before(text, at));
                continue;
            }

            // Where the text begins with characters that the map takes away, no earlier one can stand for them: all that follow are one early.
            written.Add(character, Math.Min(at, text.Length - 1));
            for (int taken = change; taken <= 0 && at < text.Length; taken++)
            {
                at += PatternMachine.LengthAt(text, at);
            }
        }

        return written.ToString();
    }
}
