using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Ibke.Runtime.Knowledge.Journals;

/// <summary>One line of the journal. It is never changed; its hash names it and everything before it.</summary>
/// <param name="Sequence">Counts from 1, without gaps.</param>
/// <param name="Time">When it was written, in UTC, by the clock of the process that wrote it.</param>
/// <param name="Kind">What happened.</param>
/// <param name="EditId">The edit or proposal it is about; empty for what concerns all.</param>
/// <param name="Content">What is to be known about it: one JSON object.</param>
/// <param name="Hash">SHA-256 over the hash of the entry before and all of the above, in hexadecimal.</param>
public sealed record JournalEntry(long Sequence, DateTimeOffset Time, JournalEntryKind Kind, string EditId, string Content, string Hash)
{
    /// <summary>The hash before the first entry.</summary>
    public static string Origin { get; } = new('0', 64);

    /// <summary>Seals what is to be written after an entry.</summary>
    /// <param name="previous">The hash of the entry before.</param>
    /// <param name="sequence">The number of the entry.</param>
    /// <param name="draft">What it says.</param>
    public static JournalEntry Seal(string previous, long sequence, JournalDraft draft)
    {
        ArgumentNullException.ThrowIfNull(previous);
        ArgumentNullException.ThrowIfNull(draft);
        JournalEntry open = new(sequence, draft.Time.ToUniversalTime(), draft.Kind, draft.EditId, draft.Content, "");
        return open with { Hash = open.HashAfter(previous) };
    }

    /// <summary>Whether nothing of it was changed, and it follows the entry with a hash.</summary>
    public bool Follows(string previous) => string.Equals(Hash, HashAfter(previous), StringComparison.Ordinal);

    // Every part is preceded by its length, so that no two entries give the same bytes.
    private string HashAfter(string previous)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[8];
        AddText(hash, previous, number);
        AddNumber(hash, Sequence, number);
        AddNumber(hash, Time.UtcTicks, number);
        AddText(hash, Kind.ToString(), number);
        AddText(hash, EditId, number);
        AddText(hash, Content, number);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void AddNumber(IncrementalHash hash, long value, Span<byte> number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(number, value);
        hash.AppendData(number);
    }

    private static void AddText(IncrementalHash hash, string text, Span<byte> number)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        AddNumber(hash, bytes.Length, number);
        hash.AppendData(bytes);
    }
}
