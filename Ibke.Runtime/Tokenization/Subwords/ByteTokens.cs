using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Ibke.Runtime.Tokenization.Subwords;

/// <summary>The tokens <c>&lt;0x00&gt;</c> … <c>&lt;0xFF&gt;</c> of single bytes, as characters outside the vocabulary are written.</summary>
internal sealed class ByteTokens
{
    private readonly int?[] _ids = new int?[256];

    /// <summary>Finds those that a vocabulary has.</summary>
    public ByteTokens(IReadOnlyDictionary<string, int> vocabulary)
    {
        for (int value = 0; value < _ids.Length; value++)
        {
            _ids[value] = vocabulary.TryGetValue(string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>"), out int id) ? id : null;
        }
    }

    /// <summary>The byte that a token stands for, or null.</summary>
    public static byte? ToByte(string token) =>
        token is ['<', '0', 'x', char high, char low, '>'] && byte.TryParse([high, low], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value)
            ? value
            : null;

    /// <summary>The tokens of the bytes of a text, where all of them are in the vocabulary.</summary>
    public bool TryGet(ReadOnlySpan<char> text, [NotNullWhen(true)] out int[]? ids)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, bytes);
        ids = new int[bytes.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            if (_ids[bytes[i]] is not int id)
            {
                ids = null;
                return false;
            }

            ids[i] = id;
        }

        return true;
    }
}
