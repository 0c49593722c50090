using System.Text;

namespace Ibke.Runtime.Tokenization;

/// <summary>
/// The alphabet of byte-level vocabularies: every byte is written as one visible character. Visible Latin-1 characters stand for their own
/// byte; the other bytes, in order, are U+0100, U+0101, ….
/// </summary>
internal static class ByteAlphabet
{
    /// <summary>The most characters that one character of UTF-16 becomes.</summary>
    public const int MostForCharacter = 3;

    private const int NotAByte = -1;

    private static readonly char[] s_characters = MakeCharacters();
    private static readonly short[] s_bytes = MakeBytes();

    /// <summary>The character that stands for a byte.</summary>
    public static char ToCharacter(byte value) => s_characters[value];

    /// <summary>The byte that a character stands for.</summary>
    public static bool TryToByte(char character, out byte value)
    {
        int known = character < s_bytes.Length ? s_bytes[character] : NotAByte;
        value = (byte)known;
        return known != NotAByte;
    }

    /// <summary>Writes the UTF-8 bytes of a text in the alphabet.</summary>
    /// <param name="text">Without lone surrogates.</param>
    /// <param name="destination">Holds <see cref="MostForCharacter"/> characters for each of the text.</param>
    /// <returns>The number of characters written.</returns>
    public static int Write(ReadOnlySpan<char> text, Span<char> destination)
    {
        int written = 0;
        Span<byte> bytes = stackalloc byte[4];
        for (int i = 0; i < text.Length;)
        {
            if (char.IsAscii(text[i]))
            {
                destination[written++] = s_characters[text[i++]];
                continue;
            }

            Rune.DecodeFromUtf16(text[i..], out Rune rune, out int taken);
            i += taken;
            int count = rune.EncodeToUtf8(bytes);
            for (int k = 0; k < count; k++)
            {
                destination[written++] = s_characters[bytes[k]];
            }
        }

        return written;
    }

    private static char[] MakeCharacters()
    {
        char[] characters = new char[256];
        char next = '\u0100';
        for (int value = 0; value < 256; value++)
        {
            bool visible = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            characters[value] = visible ? (char)value : next++;
        }

        return characters;
    }

    private static short[] MakeBytes()
    {
        short[] bytes = new short[s_characters.Max() + 1];
        Array.Fill(bytes, (short)NotAByte);
        for (int value = 0; value < 256; value++)
        {
            bytes[s_characters[value]] = (short)value;
        }

        return bytes;
    }
}
