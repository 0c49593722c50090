using Ibke.Runtime.Constraints.Parsing;
using Ibke.Runtime.Constraints.Vocabulary;

namespace Ibke.Runtime.Tests.Constraints.Parsing;

public sealed class ParserCacheTests
{
    [Fact]
    public void Refresh_FullCache_GoesOnInANewOne()
    {
        CompiledGrammar grammar = MaskWalk.Compile("""{"type": "string", "maxLength": 100000}""");
        ConstraintRun run = new(grammar);
        int letter = MaskWalk.Tiny.FindId("a")!.Value;
        run.Accept(MaskWalk.Tiny.FindId("\"")!.Value);
        ParserCache first = grammar.Begin().Cache;
        for (int i = 0; i < 40_000; i++)
        {
            Assert.True(run.Allowed(200_000 - i).Contains(letter));
            run.Accept(letter);
        }

        Assert.True(first.IsFull);
        Assert.NotSame(first, grammar.Begin().Cache);
        Assert.False(run.IsComplete);
        run.Accept(MaskWalk.Tiny.FindId("\"")!.Value);
        Assert.True(run.IsFinished);
    }

    [Fact]
    public void MaskOf_CountsBeyondATokensLength_AreShared()
    {
        CompiledGrammar grammar = MaskWalk.Compile("""{"type": "string", "minLength": 500, "maxLength": 900}""");
        ParserState early = ConstraintRun.Walk(grammar.Begin(), "\"abc"u8);
        ParserState later = ConstraintRun.Walk(early, "defghij"u8);

        TokenMask mask = early.Cache.MaskOf(early);

        Assert.NotSame(early, later);
        Assert.Same(mask, later.Cache.MaskOf(later));
    }

    [Fact]
    public void MaskOf_FewTokensLeft_HoldsOnlyThoseThatComeToAnEnd()
    {
        CompiledGrammar grammar = MaskWalk.Compile("""{"type": "array", "items": {"type": "string"}}""");
        ParserState state = ConstraintRun.Walk(grammar.Begin(), "[\"abc"u8);
        Assert.Equal(2, state.Cost);

        TokenMask none = state.Cache.MaskOf(state, -1);
        TokenMask one = state.Cache.MaskOf(state, 0);

        Assert.True(none.Contains(MaskWalk.Tiny.FindId("\"")!.Value));
        Assert.False(none.Contains(MaskWalk.Tiny.FindId("a")!.Value));
        Assert.True(one.Contains(MaskWalk.Tiny.FindId("a")!.Value));
        Assert.Equal(TokenWalk.Find(state, grammar.Vocabulary.Trie, grammar.Vocabulary, 1).Ids(), none.Ids());
    }
}
