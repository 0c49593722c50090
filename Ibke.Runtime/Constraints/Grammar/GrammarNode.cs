namespace Ibke.Runtime.Constraints.Grammar;

/// <summary>
/// A part of a grammar over bytes. Parts are made bottom up, for one vocabulary, and know how many tokens they need at least. They are
/// immutable and thread-safe.
/// </summary>
internal abstract class GrammarNode
{
    /// <summary>The cost of what cannot be written.</summary>
    public const long Impossible = long.MaxValue / 4;

    /// <summary>The part before anything of it is written.</summary>
    public abstract Goal Start { get; }

    /// <summary>The tokens that the whole part needs at least; <see cref="Impossible"/> where it cannot be written.</summary>
    public long Cost => CostOf(Start);

    /// <summary>
    /// Tokens with which the rest of a part can be written, each of them within one of its terminals: so many are always enough, and each of
    /// them leaves one less to write.
    /// </summary>
    public abstract long CostOf(in Goal goal);

    /// <summary>The sum of two costs.</summary>
    public static long Sum(long first, long second) => Math.Min(first + second, Impossible);
}

/// <summary>A part that is written byte by byte.</summary>
internal abstract class Terminal : GrammarNode
{
    /// <summary>Whether special tokens, which add no bytes, may stand in it.</summary>
    public virtual bool IsFree => false;

    /// <summary>Whether a byte may follow, and the goal after it.</summary>
    public abstract bool TryStep(in Goal goal, byte value, out Goal next);

    /// <summary>Whether it may end here.</summary>
    public abstract bool CanEnd(in Goal goal);

    /// <summary>Whether more may follow here.</summary>
    public abstract bool CanGoOn(in Goal goal);
}

/// <summary>A part that is made of others.</summary>
internal abstract class Composite : GrammarNode
{
    /// <summary>What may come next: for each alternative the goals that replace this one, in the order in which they are written.</summary>
    public abstract IEnumerable<Goal[]> Alternatives(Goal goal);
}
