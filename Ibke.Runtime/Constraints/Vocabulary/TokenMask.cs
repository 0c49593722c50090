using System.Numerics;

namespace Ibke.Runtime.Constraints.Vocabulary;

/// <summary>A set of tokens. Immutable once it is filled, and then thread-safe.</summary>
internal sealed class TokenMask(int size)
{
    private const int Bits = 64;

    private readonly ulong[] _words = new ulong[(size + Bits - 1) / Bits];

    /// <summary>The number of tokens in it.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// By how much a token of it can raise the number of tokens that a text needs to be completed, at most.
    /// </summary>
    public long Rise { get; set; } = long.MinValue;

    /// <summary>The memory it takes.</summary>
    public int Bytes => _words.Length * sizeof(ulong);

    /// <summary>Whether a token is in it.</summary>
    public bool Contains(int id) => ((_words[id / Bits] >> id) & 1) != 0;

    /// <summary>Adds a token that is not in it.</summary>
    public void Add(int id)
    {
        _words[id / Bits] |= 1UL << id;
        Count++;
    }

    /// <summary>The tokens in it, ascending.</summary>
    public IEnumerable<int> Ids()
    {
        for (int word = 0; word < _words.Length; word++)
        {
            for (ulong bits = _words[word]; bits != 0; bits &= bits - 1)
            {
                yield return word * Bits + BitOperations.TrailingZeroCount(bits);
            }
        }
    }

    /// <summary>Sets the logits of all other tokens to negative infinity.</summary>
    /// <param name="logits">[vocabulary].</param>
    public void Apply(Span<float> logits)
    {
        Span<float> kept = stackalloc float[Bits];
        for (int word = 0; word < _words.Length; word++)
        {
            Span<float> part = logits[(word * Bits)..Math.Min((word + 1) * Bits, logits.Length)];
            ulong bits = _words[word];
            if (BitOperations.PopCount(bits) <= Bits / 2)
            {
                part.CopyTo(kept);
                part.Fill(float.NegativeInfinity);
                for (; bits != 0; bits &= bits - 1)
                {
                    int i = BitOperations.TrailingZeroCount(bits);
                    part[i] = kept[i];
                }

                continue;
            }

            for (ulong others = part.Length == Bits ? ~bits : ~bits & ((1UL << part.Length) - 1); others != 0; others &= others - 1)
            {
                part[BitOperations.TrailingZeroCount(others)] = float.NegativeInfinity;
            }
        }
    }
}
