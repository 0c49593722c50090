using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <summary>What was made of lists of neurons that are used again and again, to compute with them faster. It goes with its list.</summary>
/// <param name="arrange">Makes it, of two blocks or more that fit each other.</param>
/// <param name="calls">The call with the same list that it is made at.</param>
/// <remarks>Thread-safe.</remarks>
internal sealed class ArrangedNeurons<TArrangement>(Func<IReadOnlyList<NeuronBlock>, TArrangement> arrange, int calls)
    where TArrangement : class
{
    private readonly ConditionalWeakTable<IReadOnlyList<NeuronBlock>, Entry> _entries = [];

    /// <summary>What was made of a list; null while there is nothing, or where the list holds other blocks by now.</summary>
    public TArrangement? Known(IReadOnlyList<NeuronBlock> blocks) =>
        _entries.TryGetValue(blocks, out Entry? entry) && Volatile.Read(ref entry.Arrangement) is { } known && entry.IsOf(blocks) ? known : null;

    /// <summary>Counts a call with a list whose blocks fit each other and of which nothing was made.</summary>
    /// <returns>What was made, where this was the call for it.</returns>
    public TArrangement? Count(IReadOnlyList<NeuronBlock> blocks)
    {
        if (blocks.Count < 2)
        {
            return null;
        }

        Entry entry = _entries.GetOrCreateValue(blocks);
        lock (entry)
        {
            if (entry.Arrangement is { } made)
            {
                return entry.IsOf(blocks) ? made : null;
            }

            if (++entry.Calls < calls)
            {
                return null;
            }

            // A list that cannot change need not be compared, which takes as long as the neurons do.
            entry.Blocks = blocks is ImmutableArray<NeuronBlock> ? null : [.. blocks];
            made = arrange(blocks);
            Volatile.Write(ref entry.Arrangement, made);
            return made;
        }
    }

    private sealed class Entry
    {
        public int Calls;
        public NeuronBlock[]? Blocks;
        public TArrangement? Arrangement;

        public bool IsOf(IReadOnlyList<NeuronBlock> blocks)
        {
            if (Blocks is null)
            {
                return true;
            }

            if (blocks.Count != Blocks.Length)
            {
                return false;
            }

            for (int i = 0; i < Blocks.Length; i++)
            {
                if (!ReferenceEquals(blocks[i], Blocks[i]))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
