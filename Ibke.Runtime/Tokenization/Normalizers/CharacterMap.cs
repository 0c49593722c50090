using System.Buffers.Binary;
using System.Text;

namespace Ibke.Runtime.Tokenization.Normalizers;

/// <summary>
/// The compiled character map of a SentencePiece model: the size of a double-array trie over UTF-8, the trie, and the texts that its values
/// point to, each ended by a zero byte.
/// </summary>
/// <remarks>Immutable and thread-safe. Wherever a damaged trie points outside itself, a look-up finds nothing.</remarks>
internal sealed class CharacterMap
{
    private readonly uint[] _units;
    private readonly byte[] _texts;

    /// <summary>Reads the bytes of a map.</summary>
    /// <exception cref="FormatException">They are cut off or not well-formed.</exception>
    public CharacterMap(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < sizeof(uint) || BinaryPrimitives.ReadUInt32LittleEndian(bytes) is uint size
            && (size > bytes.Length - sizeof(uint) || size % sizeof(uint) != 0 || size == 0))
        {
            throw new FormatException("the character map is cut off");
        }

        int trie = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        _units = new uint[trie / sizeof(uint)];
        for (int i = 0; i < _units.Length; i++)
        {
            _units[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(sizeof(uint) * (i + 1))..]);
        }

        _texts = bytes[(sizeof(uint) + trie)..].ToArray();
        if (!System.Text.Unicode.Utf8.IsValid(_texts))
        {
            throw new FormatException("the texts of the character map are not UTF-8");
        }
    }

    /// <summary>What the shortest beginning of a text that is in the map becomes; null where none is.</summary>
    public string? Find(ReadOnlySpan<char> text)
    {
        Span<byte> key = stackalloc byte[3 * text.Length];
        int length = Encoding.UTF8.GetBytes(text, key);
        uint node = Offset(_units[0]);
        foreach (byte label in key[..length])
        {
            node ^= label;
            if (label == 0 || node >= _units.Length || Label(_units[node]) != label)
            {
                return null;
            }

            uint unit = _units[node];
            node ^= Offset(unit);
            if (HasValue(unit))
            {
                return node < _units.Length ? TextAt(_units[node] & 0x7FFF_FFFF) : null;
            }
        }

        return null;
    }

    private static bool HasValue(uint unit) => ((unit >> 8) & 1) == 1;

    private static uint Label(uint unit) => unit & 0x8000_00FF;

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & (1 << 9)) >> 6);

    private string? TextAt(uint start)
    {
        if (start >= _texts.Length)
        {
            return null;
        }

        ReadOnlySpan<byte> text = _texts.AsSpan((int)start);
        int end = text.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? text : text[..end]);
    }
}
