namespace Ibke.Runtime.Tokenization.Patterns;

/// <summary>What an instruction of a compiled regular expression does.</summary>
internal enum PatternOperation
{
    /// <summary>Takes one character of the set.</summary>
    Take,

    /// <summary>Takes A … B characters of the set, giving back one by one.</summary>
    TakeMany,

    /// <summary>Takes A … B characters of the set, giving nothing back.</summary>
    TakeManyForGood,

    /// <summary>Goes on, and at a failure goes to A. Goes to A at once where the next character is not in the set.</summary>
    Try,

    /// <summary>Goes to A.</summary>
    Jump,

    /// <summary>Asks whether what follows, up to its end, matches; goes to A. B characters are stepped back first.</summary>
    Look,

    /// <summary>As <see cref="Look"/>, for what must not match.</summary>
    LookNot,

    /// <summary>Runs what follows, up to its end, on its own; goes to A from where it ended.</summary>
    Atomic,

    /// <summary>Asks for the place <see cref="AnchorKind"/> A.</summary>
    Anchor,

    /// <summary>Remembers the position in register A.</summary>
    Remember,

    /// <summary>Goes to B where the position is still that of register A, so that empty rounds end a loop.</summary>
    LeaveIfUnmoved,

    /// <summary>The end: a match.</summary>
    Accept,
}

/// <summary>One instruction.</summary>
/// <param name="Operation">What it does; tells the meaning of <paramref name="A"/> and <paramref name="B"/>.</param>
/// <param name="A">First operand.</param>
/// <param name="B">Second operand.</param>
/// <param name="Set">Characters.</param>
/// <param name="Run">The number under which failures after an endless run of characters are remembered, or null.</param>
internal readonly record struct PatternInstruction(
    PatternOperation Operation, int A = 0, int B = 0, CodePointSet? Set = null, int? Run = null);

/// <summary>Translates a parsed regular expression into instructions.</summary>
internal sealed class PatternCompiler
{
    private const int MostInstructions = 20_000;
    private const int MostParts = 4 * MostInstructions;
    private const int MostDepth = 300;
    private const int LookedAhead = 64;

    private readonly List<PatternInstruction> _code = [];
    private int _parts;
    private int _depth;

    /// <summary>The number of registers the instructions use.</summary>
    public int Registers { get; private set; }

    /// <summary>The number of runs whose failures are remembered.</summary>
    public int Runs { get; private set; }

    /// <summary>Translates a whole expression.</summary>
    /// <exception cref="FormatException">It is too large.</exception>
    public PatternInstruction[] Compile(PatternNode node)
    {
        Emit(node, rest: []);
        Add(new PatternInstruction(PatternOperation.Accept));
        bool[] cannotFail = WhatCannotFail();
        for (int i = 0; i < _code.Count; i++)
        {
            if (_code[i].Operation is not (PatternOperation.TakeMany or PatternOperation.TakeManyForGood))
            {
                continue;
            }

            if (cannotFail[i + 1])
            {
                _code[i] = _code[i] with { Operation = PatternOperation.TakeManyForGood };
            }
            else if (_code[i].B == int.MaxValue && Registers == 0)
            {
                // What follows depends on nothing but where the run ends, so a failure need not be found out twice.
                _code[i] = _code[i] with { Run = Runs++ };
            }
        }

        return [.. _code];
    }

    /// <summary>Emits a part; <paramref name="rest"/> is what follows it in the same sequence, or a beginning of that.</summary>
    private void Emit(PatternNode node, IReadOnlyList<PatternNode> rest)
    {
        // Parts that emit nothing count too, and so does their depth.
        if (++_parts > MostParts)
        {
            throw TooLarge();
        }

        if (++_depth > MostDepth)
        {
            throw new FormatException("the regular expression is nested too deeply");
        }

        switch (node)
        {
            case SetNode set:
                Add(new PatternInstruction(PatternOperation.Take, Set: set.Set));
                break;
            case SequenceNode sequence:
                for (int i = 0; i < sequence.Parts.Count; i++)
                {
                    Emit(sequence.Parts[i], [.. sequence.Parts.Skip(i + 1).Take(LookedAhead)]);
                }

                break;
            case AlternativesNode alternatives:
                EmitAlternatives(alternatives.Parts);
                break;
            case RepeatNode { Body: SetNode set, Kind: not RepeatKind.Lazy } repeat:
                EmitSetRepeat(repeat, set.Set, rest);
                break;
            case RepeatNode { Kind: RepeatKind.Possessive } repeat:
                Emit(new AtomicNode(repeat with { Kind = RepeatKind.Greedy }), rest);
                break;
            case RepeatNode repeat:
                EmitRepeat(repeat);
                break;
            case AtomicNode atomic:
                EmitOnItsOwn(PatternOperation.Atomic, atomic.Body, 0);
                break;
            case LookNode look:
                EmitOnItsOwn(
                    look.Negative ? PatternOperation.LookNot : PatternOperation.Look, look.Body, look.Behind ? look.Body.FixedLength!.Value : 0);
                break;
            case AnchorNode anchor:
                Add(new PatternInstruction(PatternOperation.Anchor, (int)anchor.Kind));
                break;
        }

        _depth--;
    }

    private void EmitAlternatives(IReadOnlyList<PatternNode> parts)
    {
        List<int> jumps = [];
        for (int i = 0; i < parts.Count - 1; i++)
        {
            int attempt = Add(new PatternInstruction(PatternOperation.Try, Set: parts[i].First));
            Emit(parts[i], []);
            jumps.Add(Add(new PatternInstruction(PatternOperation.Jump)));
            PointHere(attempt);
        }

        Emit(parts[^1], []);
        jumps.ForEach(PointHere);
    }

    private void EmitSetRepeat(RepeatNode repeat, CodePointSet set, IReadOnlyList<PatternNode> rest)
    {
        // Giving back is of no use where what follows must begin with a character that the repetition never takes.
        bool forGood = repeat.Kind == RepeatKind.Possessive || BeginsOutside(rest, set);
        PatternOperation operation = forGood ? PatternOperation.TakeManyForGood : PatternOperation.TakeMany;
        Add(new PatternInstruction(operation, repeat.Least, repeat.Most, set));
    }

    /// <summary>Whether what follows takes a character, and none of the set first.</summary>
    private static bool BeginsOutside(IReadOnlyList<PatternNode> rest, CodePointSet set)
    {
        foreach (PatternNode part in rest)
        {
            if (part.First is CodePointSet first)
            {
                return first.IsDisjointFrom(set);
            }

            if (part is not (AnchorNode or LookNode) && (part as RepeatNode)?.Body.First?.IsDisjointFrom(set) != true)
            {
                return false;
            }
        }

        return false;
    }

    private void EmitRepeat(RepeatNode repeat)
    {
        for (int i = 0; i < repeat.Least; i++)
        {
            Emit(repeat.Body, []);
        }

        if (repeat.Most == int.MaxValue)
        {
            EmitLoop(repeat);
            return;
        }

        List<int> exits = [];
        for (int i = repeat.Least; i < repeat.Most; i++)
        {
            exits.AddRange(EmitChoice(repeat));
            Emit(repeat.Body, []);
        }

        exits.ForEach(PointHere);
    }

    private void EmitLoop(RepeatNode repeat)
    {
        int start = _code.Count;
        int[] exits = EmitChoice(repeat);
        int register = repeat.Body.CanBeEmpty ? Registers++ : -1;
        if (register >= 0)
        {
            Add(new PatternInstruction(PatternOperation.Remember, register));
        }

        Emit(repeat.Body, []);
        int check = register >= 0 ? Add(new PatternInstruction(PatternOperation.LeaveIfUnmoved, register)) : -1;
        Add(new PatternInstruction(PatternOperation.Jump, start));
        Array.ForEach(exits, PointHere);
        if (check >= 0)
        {
            _code[check] = _code[check] with { B = _code.Count };
        }
    }

    /// <summary>Emits "the body or the exit", and returns the instructions that are to point to the exit.</summary>
    private int[] EmitChoice(RepeatNode repeat)
    {
        if (repeat.Kind == RepeatKind.Greedy)
        {
            return [Add(new PatternInstruction(PatternOperation.Try, Set: repeat.Body.First))];
        }

        // Lazy: the exit first, and the body at a failure.
        int attempt = Add(new PatternInstruction(PatternOperation.Try));
        int exit = Add(new PatternInstruction(PatternOperation.Jump));
        PointHere(attempt);
        return [exit];
    }

    private void EmitOnItsOwn(PatternOperation operation, PatternNode body, int back)
    {
        int start = Add(new PatternInstruction(operation, B: back));
        Emit(body, []);
        Add(new PatternInstruction(PatternOperation.Accept));
        PointHere(start);
    }

    private void PointHere(int instruction) => _code[instruction] = _code[instruction] with { A = _code.Count };

    private int Add(PatternInstruction instruction)
    {
        if (_code.Count >= MostInstructions)
        {
            throw TooLarge();
        }

        _code.Add(instruction);
        return _code.Count - 1;
    }

    private static FormatException TooLarge() => new("the regular expression is too large");

    /// <summary>For each instruction, whether every way on from it ends in a match. Each depends on later ones only.</summary>
    private bool[] WhatCannotFail()
    {
        bool[] cannot = new bool[_code.Count];
        for (int i = _code.Count - 1; i >= 0; i--)
        {
            cannot[i] = _code[i] switch
            {
                { Operation: PatternOperation.Accept } => true,
                { Operation: PatternOperation.Jump, A: int target } => target > i && cannot[target],
                { Operation: PatternOperation.TakeMany or PatternOperation.TakeManyForGood, A: 0 } => cannot[i + 1],
                _ => false,
            };
        }

        return cannot;
    }
}
