using Ibke.Runtime.Tokenization.Patterns;

namespace Ibke.Runtime.Tokenization;

/// <summary>Finds the UTF-16 unit that holds a byte of the UTF-8 of a text. Quick where places are asked for in order.</summary>
/// <param name="text">Without lone surrogates.</param>
internal ref struct Utf8Places(ReadOnlySpan<char> text)
{
    private readonly ReadOnlySpan<char> _text = text;
    private int _unit;
    private int _byte;

    /// <summary>The first unit of the character that holds a byte; the last character where the text is shorter.</summary>
    public int UnitAt(int place)
    {
        if (place < _byte)
        {
            (_unit, _byte) = (0, 0);
        }

        while (true)
        {
            int length = PatternMachine.LengthAt(_text, _unit);
            int bytes = Utf8Length(_text[_unit], length);
            if (place < _byte + bytes || _unit + length >= _text.Length)
            {
                return _unit;
            }

            _unit += length;
            _byte += bytes;
        }
    }

    private static int Utf8Length(char first, int units) => first switch
    {
        < '\u0080' => 1,
        < '\u0800' => 2,
        _ => units == 1 ? 3 : 4,
    };
}
