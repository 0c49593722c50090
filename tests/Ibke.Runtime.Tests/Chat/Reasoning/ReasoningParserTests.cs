using FsCheck;
using FsCheck.Fluent;
using Ibke.Runtime.Chat.Reasoning;
using Ibke.Runtime.Templates;
using Ibke.Runtime.Tests.Chat.ToolCalls;

namespace Ibke.Runtime.Tests.Chat.Reasoning;

public class ReasoningParserTests
{
    private static readonly ReasoningFormat _think = new("<think>", "</think>");
    private static readonly ReasoningFormat _granite = new("<think>", "</think>", "<response>", "</response>");

    [Theory]
    [InlineData("<think>\nI add.\n</think>\n\n4", false, "I add.", "4")]
    [InlineData("\n<think>I add.</think>4", false, "I add.", "4")]
    [InlineData("<think>\n\n</think>\n\n4", false, "", "4")]
    [InlineData("I add.\n</think>4 ", true, "I add.", "4 ")]
    [InlineData("\nI add <b> and </thin", true, "I add <b> and </thin", "")]
    [InlineData("<think>never ends", false, "never ends", "")]
    [InlineData("4", false, "", "4")]
    [InlineData("  4 <think>no</think>", false, "", "  4 <think>no</think>")]
    [InlineData("<thi", false, "", "<thi")]
    [InlineData("", false, "", "")]
    [InlineData("<think>a</think>b</think>", false, "a", "b</think>")]
    public void Parse_Reply_SeparatesThoughtsFromText(string reply, bool isOpen, string thoughts, string text)
    {
        Assert.Equal((thoughts, text), Parse(_think, isOpen, reply));
        Assert.Equal((thoughts, text), Parse(_think, isOpen, [.. reply.Select(static c => c.ToString())]));
    }

    [Theory]
    [InlineData("<think>a</think> <response>b</response>", "a", "b")]
    [InlineData("<think>a</think> b", "a", "b")]
    [InlineData(" <response>b</response>", "", "b")]
    [InlineData(" <res", "", " <res")]
    [InlineData(" b <response>", "", " b <response>")]
    [InlineData("<think>a</think><response> b </resp", "a", " b </resp")]
    public void Parse_MarkedAnswer_LosesItsMarks(string reply, string thoughts, string text) =>
        Assert.Equal((thoughts, text), Parse(_granite, false, reply));

    [Fact]
    public void Append_Thoughts_FlowAtOnce()
    {
        ReasoningParser parser = new(_think, isOpen: true);

        Assert.Equal(("I", ""), parser.Append("\nI"));
        Assert.Equal((" add", ""), parser.Append(" add </th"));
        Assert.Equal((" </thx", ""), parser.Append("x"));
        Assert.Equal(("", "4"), parser.Append("\n</think>\n4"));
        Assert.Equal(("", " and 5"), parser.Append(" and 5"));
        Assert.Equal(("", ""), parser.Finish());
    }

    [Fact]
    public void Parse_AnyCuts_GivesTheSame()
    {
        Gen<string[]> replies = Gen.ArrayOf(Gen.Elements("<think>", "</think>", "<th", "ink>", "</", "<response>", "</response>", " ", "\n", "a", "👍"));
        Gen<int[]> cuts = Gen.ArrayOf(Gen.Choose(0, 80));
        foreach ((ReasoningFormat format, bool isOpen) in new[] { (_think, false), (_think, true), (_granite, false), (_granite, true) })
        {
            Prop.ForAll(replies.Zip(cuts).ToArbitrary(), pair =>
            {
                string reply = string.Concat(pair.Item1);
                return Parse(format, isOpen, reply) == Parse(format, isOpen, ParsedReply.Cut(reply, pair.Item2));
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
        }
    }

    [Theory]
    [InlineData("{{ '<think>\\n' }}", "<think>")]
    [InlineData("{% if '</think>' in x %}", "<think>", false)]
    [InlineData("[THINK]", "[THINK]")]
    [InlineData("<|im_start|>", null)]
    public void Find_Template_KnowsItsMarks(string source, string? open, bool isWhole = true) =>
        Assert.Equal(open, ReasoningFormat.Find(ChatTemplate.Parse(isWhole ? source : source + "{% endif %}"))?.Open);

    [Fact]
    public void Find_TemplateWithMarkedAnswers_KnowsBoth() =>
        Assert.Equal(_granite, ReasoningFormat.Find(ChatTemplate.Parse("Write <think></think> and <response></response>.")));

    private static (string Thoughts, string Text) Parse(ReasoningFormat format, bool isOpen, params string[] pieces)
    {
        ReasoningParser parser = new(format, isOpen);
        (string Thoughts, string Text)[] parts = [.. pieces.Select(parser.Append), parser.Finish()];
        return (string.Concat(parts.Select(static part => part.Thoughts)), string.Concat(parts.Select(static part => part.Text)));
    }
}
