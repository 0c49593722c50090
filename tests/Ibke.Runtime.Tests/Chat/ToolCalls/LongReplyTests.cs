using System.Diagnostics;
using Ibke.Runtime.Chat.ToolCalls;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Tests.Chat.ToolCalls;

/// <summary>Long replies that make a parser read the same text again and again, if it lets them.</summary>
public class LongReplyTests
{
    private const int Length = 40_000;

    [Theory]
    [InlineData("hermes", "<tool_call>", "{")]
    [InlineData("hermes", "", "<tool_call>{")]
    [InlineData("hermes", "<tool_call>{\"a\": [", "{},")]
    [InlineData("hermes", "<tool_call>{\"a\": \"", "\\\\")]
    [InlineData("hermes", "<tool_call>{} a", "}>a")]
    [InlineData("hermes", "a", " ")]
    [InlineData("llama3", "", "{")]
    [InlineData("llama3", "{\"name\": ", "{")]
    [InlineData("mistral", "[TOOL_CALLS]f[ARGS]{", "[],")]
    [InlineData("functionary", "<function=", "a")]
    [InlineData("granite", "<tool_call>", "[")]
    [InlineData("qwen3-coder", "<tool_call><function=f>", "<parameter=a>1</parameter>")]
    [InlineData("deepseek-v3.1", "<｜tool▁call▁begin｜>f<｜tool▁sep｜>", "{")]
    public void Parse_FourTimesAsLong_DoesNotTakeFarMoreThanFourTimesAsLong(string format, string begin, string repeated)
    {
        string reply = begin + Repeated(repeated, Length);
        string longer = begin + Repeated(repeated, 4 * Length);

        Assert.Equal(ParsedReply.Parse(ToolCallFormats.Find(format), [reply]).ToString(), ParsedReply.Parse(ToolCallFormats.Find(format), Pieces(reply)).ToString());
        Assert.Contains(Enumerable.Range(0, 8), _ => Ticks(format, [longer]) + Ticks(format, Pieces(longer)) < 10 * (Ticks(format, [reply]) + Ticks(format, Pieces(reply))));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("}")]
    public void Append_FourTimesAsLongCall_GivesItsFormatLittleMoreToRead(string repeated)
    {
        CountingFormat once = new();
        CountingFormat longer = new();

        ParsedReply.Parse(once, Pieces("<call>" + Repeated(repeated, Length)));
        ParsedReply.Parse(longer, Pieces("<call>" + Repeated(repeated, 4 * Length)));

        Assert.InRange(longer.CharactersSeen, 4 * Length, 6 * once.CharactersSeen);
    }

    [Fact]
    public void Append_LongTextAtOnce_CutsNoCharacterApart()
    {
        ToolCallParser parser = new(ToolCallFormats.Hermes, DeclaredFunctions.Unknown);

        List<AIContent> contents = parser.Append("a" + Repeated("👍", Length));

        Assert.All(contents, static content => Assert.False(char.IsHighSurrogate(Assert.IsType<TextContent>(content).Text[^1])));
        Assert.Equal(1 + Length, contents.Sum(static content => ((TextContent)content).Text.Length));
    }

    [Fact]
    public void Parse_NameFarTooLong_IsTextWithTheReason()
    {
        ParsedReply reply = ParsedReply.Parse(ToolCallFormats.Functionary, [$"<function={new string('a', 300)}>{{}}</function>"]);

        Assert.Empty(reply.Calls);
        Assert.Equal("it has no name", Assert.Single(reply.Problems));
    }

    private static string Repeated(string text, int length) => string.Concat(Enumerable.Repeat(text, length / text.Length));

    private static IEnumerable<string> Pieces(string text) => text.Chunk(4).Select(static piece => new string(piece));

    private static long Ticks(string format, IEnumerable<string> pieces)
    {
        long start = Stopwatch.GetTimestamp();
        ParsedReply.Parse(ToolCallFormats.Find(format), pieces);
        return Stopwatch.GetTimestamp() - start;
    }

    /// <summary>A format whose calls never end.</summary>
    private sealed class CountingFormat() : ToolCallFormat("counting")
    {
        public long CharactersSeen { get; private set; }

        internal override IReadOnlyList<string> Marks { get; } = ["<call>"];

        internal override CallSyntax? Syntax => null;

        internal override CallReading Read(string text, bool isEnd, DeclaredFunctions functions, OpenCall open)
        {
            CharactersSeen += text.Length;
            return CallReading.NeedsMore;
        }
    }
}
