namespace Ibke.Runtime.Constraints.Automata;

/// <summary>
/// Reads one character from bytes, valid UTF-8 only, and says its class. Within a JSON string a character is written as itself, or as an escape; a
/// character beyond U+FFFF is escaped as two. Immutable and thread-safe.
/// </summary>
internal sealed class CharacterAutomaton
{
    /// <summary>The state before a character.</summary>
    public const int Start = 0;

    /// <summary>What stands for no state.</summary>
    public const int Dead = -1;

    private const int High = 0xD800;
    private const int Low = 0xDC00;
    private const int AfterLow = 0xE000;
    private const int Astral = 0x10000;

    private static readonly (char Letter, int CodePoint)[] _shortEscapes =
        [('"', '"'), ('\\', '\\'), ('/', '/'), ('b', '\b'), ('f', '\f'), ('n', '\n'), ('r', '\r'), ('t', '\t')];

    private readonly CodePointClasses _classes;
    private readonly List<int[]> _next = [];
    private readonly List<ulong[]> _reach = [];
    private readonly Dictionary<(string Kind, int Length, int Class), int> _uniform = [];

    /// <summary>Builds it.</summary>
    /// <param name="classes">The classes it tells.</param>
    /// <param name="escaped">Whether characters are written as in a JSON string.</param>
    public CharacterAutomaton(CodePointClasses classes, bool escaped)
    {
        _classes = classes;
        AddState();
        for (int value = 0; value < 0x80; value++)
        {
            if (!escaped || (value >= ' ' && value is not ('"' or '\\')))
            {
                Set(Start, value, Final(classes.ClassOf(value)));
            }
        }

        for (int lead = 0xC2; lead <= 0xF4; lead++)
        {
            (int length, int bits, int first) = lead < 0xE0 ? (1, lead & 0x1F, 0x80) : lead < 0xF0 ? (2, lead & 0x0F, 0x800) : (3, lead & 0x07, Astral);
            Set(Start, lead, Continuation(length, bits << (6 * length), first));
        }

        if (escaped)
        {
            Set(Start, '\\', Escape());
        }

        FindReach();
    }

    /// <summary>The number of states.</summary>
    public int States => _next.Count;

    /// <summary>The state after a byte, or <see cref="Dead"/>, or where the character is complete a number that <see cref="IsFinal"/> tells.</summary>
    public int Next(int state, byte value) => _next[state][value];

    /// <summary>Whether a character is complete, and its class.</summary>
    public static bool IsFinal(int state, out int number)
    {
        number = -state - 2;
        return state < Dead;
    }

    /// <summary>The classes that can still come from a state, one bit each.</summary>
    public ReadOnlySpan<ulong> Reach(int state) => _reach[state];

    private static int Final(int number) => number == CodePointClasses.None ? Dead : -number - 2;

    private int AddState()
    {
        int[] next = new int[256];
        Array.Fill(next, Dead);
        _next.Add(next);
        return _next.Count - 1;
    }

    private void Set(int state, int value, int target) => _next[state][value] = target;

    /// <summary>The state before the last bytes of the code points from a first one on.</summary>
    /// <param name="length">The number of bytes to come.</param>
    /// <param name="from">The first of the 64^length code points.</param>
    /// <param name="first">Those below it have a shorter form, which is the valid one.</param>
    private int Continuation(int length, int from, int first)
    {
        int size = 1 << (6 * length);
        int to = from + size - 1;
        if (to < first || from > 0x10FFFF)
        {
            return Dead;
        }

        int? number = from >= first && to <= 0x10FFFF && _classes.IsUniform(from, to, out int uniform) ? uniform : null;
        return number == CodePointClasses.None ? Dead
            : Shared("utf8", length, number, state =>
            {
                for (int i = 0; i < 64; i++)
                {
                    int at = from + i * (size / 64);
                    Set(state, 0x80 + i, length > 1 ? Continuation(length - 1, at, first) : at < first || at > 0x10FFFF ? Dead : Final(_classes.ClassOf(at)));
                }
            });
    }

    private int Escape()
    {
        int escape = AddState();
        foreach ((char letter, int codePoint) in _shortEscapes)
        {
            Set(escape, letter, Final(_classes.ClassOf(codePoint)));
        }

        Set(escape, 'u', Unit(4, 0));
        return escape;
    }

    /// <summary>The state before the last digits of the UTF-16 units from a first one on.</summary>
    private int Unit(int length, int from)
    {
        int size = 1 << (4 * length);
        int to = from + size - 1;
        int? number = null;
        if (from >= Low && to < AfterLow)
        {
            return Dead;
        }

        bool high = from >= High && to < Low;
        if (high && _classes.IsUniform(FirstOfPair(from), FirstOfPair(to + 1) - 1, out int pairs))
        {
            number = pairs;
        }
        else if ((to < High || from >= AfterLow) && _classes.IsUniform(from, to, out int own))
        {
            number = own;
        }

        return number == CodePointClasses.None ? Dead : Shared(high ? "high" : "unit", length, number, state => Digits(state, size / 16, from, 0, at =>
            length > 1 ? Unit(length - 1, at)
            : at is >= High and < Low ? SecondOfPair(FirstOfPair(at))
            : Final(_classes.ClassOf(at))));
    }

    private static int FirstOfPair(int highUnit) => Astral + ((highUnit - High) << 10);

    /// <summary>The state before the escape that completes a pair, which is one of 1024.</summary>
    private int SecondOfPair(int from)
    {
        bool uniform = _classes.IsUniform(from, from + 1023, out int number);
        return Shared("pair", 0, uniform ? number : null, state =>
        {
            int letter = AddState();
            int digit = AddState();
            int second = AddState();
            Set(state, '\\', letter);
            Set(letter, 'u', digit);
            Set(digit, 'd', second);
            Set(digit, 'D', second);
            Digits(second, 256, from, 0xC, at => LowDigits(2, at));
        });
    }

    private int LowDigits(int length, int from)
    {
        int size = 1 << (4 * length);
        bool uniform = _classes.IsUniform(from, from + size - 1, out int number);
        return Shared("low", length, uniform ? number : null, state =>
            Digits(state, size / 16, from, 0, at => length > 1 ? LowDigits(length - 1, at) : Final(_classes.ClassOf(at))));
    }

    // Hexadecimal digits in both cases, the first of which stands for the first code point.
    private void Digits(int state, int step, int from, int firstDigit, Func<int, int> target)
    {
        for (int digit = firstDigit; digit < 16; digit++)
        {
            int next = target(from + (digit - firstDigit) * step);
            string letter = digit.ToString("x", System.Globalization.CultureInfo.InvariantCulture);
            Set(state, letter[0], next);
            Set(state, char.ToUpperInvariant(letter[0]), next);
        }
    }

    /// <summary>A new state, or the known one where all code points behind it are of one class.</summary>
    private int Shared(string kind, int length, int? number, Action<int> fill)
    {
        if (number is int known && _uniform.TryGetValue((kind, length, known), out int shared))
        {
            return shared;
        }

        int state = AddState();
        fill(state);
        if (number is int uniform)
        {
            _uniform[(kind, length, uniform)] = state;
        }

        return state;
    }

    private void FindReach()
    {
        _reach.AddRange(_next.Select(_ => new ulong[(_classes.Count + 63) / 64]));
        bool[] done = new bool[States];
        Find(Start);

        void Find(int state)
        {
            if (done[state])
            {
                return;
            }

            done[state] = true;
            foreach (int next in _next[state].Where(next => next != Dead))
            {
                if (IsFinal(next, out int number))
                {
                    _reach[state][number / 64] |= 1UL << number;
                    continue;
                }

                Find(next);
                for (int word = 0; word < _reach[state].Length; word++)
                {
                    _reach[state][word] |= _reach[next][word];
                }
            }
        }
    }
}
