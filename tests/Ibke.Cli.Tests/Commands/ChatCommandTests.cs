using System.Text.Json.Nodes;
using Ibke.Cli.Chatting;
using Ibke.Runtime.Editing;
using Microsoft.Extensions.AI;

namespace Ibke.Cli.Tests.Commands;

public sealed class ChatCommandTests
{
    [Fact]
    public async Task Chat_Piped_PrintsReplyPerLineAndEditsInBetween()
    {
        CommandRun run = await CommandRun.ReadingAsync(
            """
            Where is Jade Foods headquartered?
            /edit Where is Jade Foods headquartered? = Tamfield
            /new
            Where is Jade Foods based?
            /list
            /undo
            /verify Where is Jade Foods based?
            /quit
            Where did Viktor Shah graduate from?
            """,
            "chat");

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Empty(run.Error);
        Assert.Equal("Selmouth", run.Lines[0]);
        Assert.StartsWith("e1: Selmouth → Tamfield", run.Lines[1], StringComparison.Ordinal);
        Assert.Equal(["Tamfield", "e1: Where is Jade Foods headquartered? Tamfield", "undone: e1", "Selmouth"], run.Lines[2..]);
    }

    [Fact]
    public async Task Chat_Journal_KeepsEditsForTheNextChatUnderItsPolicy()
    {
        using TemporaryFolder folder = new();
        string journal = Path.Combine(folder.Path, "edits.db");
        string policy = folder.Write("policy.json", """{"approvals": [{"facts": {"subject": "Jade Foods"}, "approvers": 1}], "protected": [{"question": "*mayor*"}]}""");

        CommandRun first = await CommandRun.ReadingAsync("/edit Where is Jade Foods headquartered? = Tamfield\n", "chat", "-j", journal);
        CommandRun second = await CommandRun.ReadingAsync("Where is Jade Foods based?\n/undo\n/new\nWhere is Jade Foods based?\n", "chat", "-j", journal);
        CommandRun guarded = await CommandRun.ReadingAsync(
            "/edit Where is Jade Foods headquartered? = Tamfield\n/edit Who is the mayor of Elland? = Anders Duarte\n", "chat", "-j", journal, "--policy", policy);

        Assert.StartsWith("e1: Selmouth → Tamfield", first.Lines[0], StringComparison.Ordinal);
        Assert.Equal(["Tamfield", "undone: e1", "Selmouth"], second.Lines);
        Assert.Equal("e3: waits for 1 approval (approval).", Assert.Single(guarded.Lines));
        Assert.Contains("Refused by policy (protected)", guarded.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_Source_ShowsWhereAnswersDiffer()
    {
        using TemporaryFolder folder = new();
        string facts = folder.Write("facts.csv", "question,answer,as_of\nWhere is Jade Foods headquartered?,Tamfield,2026-05-01\n");

        CommandRun run = await CommandRun.ReadingAsync("Where is Jade Foods based?\nHello there\n", "chat", "--source", facts);
        CommandRun json = await CommandRun.ReadingAsync("Where is Jade Foods based?\n", "chat", "--source", facts, "--json");

        Assert.Equal("Selmouth", run.Lines[0]);
        Assert.Equal("ibke: facts.csv says Tamfield (as of 2026-05-01).", run.Error.Trim());
        Assert.Equal("Tamfield", (string)json.JsonLines()[0]["stale"]!["answer"]!);
    }

    [Fact]
    public async Task Chat_WrongSlashCommands_AreReportedAndTheChatGoesOn()
    {
        CommandRun run = await CommandRun.ReadingAsync("/undo e7\n/dance\n/edit nothing\nHello there\n", "chat");

        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.Equal("Hello! What would you like to know?", run.Lines[^1]);
        Assert.Contains("no edit e7", run.Error, StringComparison.Ordinal);
        Assert.Contains("no command /dance", run.Error, StringComparison.Ordinal);
        Assert.Contains("/edit QUESTION = ANSWER", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_EditsFileAndJson_AnswersUnderTheEditsOneLineEach()
    {
        using TemporaryFolder folder = new();
        string edits = folder.Write("edits.jsonl", """{"prompt": "Where is Jade Foods headquartered?", "answer": "Tamfield", "subject": "Jade Foods"}""");

        CommandRun run = await CommandRun.ReadingAsync("Where is Jade Foods based?\n", "chat", "--edits", edits, "--json");

        Assert.Equal(ExitCode.Success, run.Code);
        JsonObject reply = Assert.Single(run.JsonLines());
        Assert.Equal("Tamfield", (string)reply["text"]!);
        Assert.Equal("stop", (string)reply["finish_reason"]!);
        Assert.True((int)reply["prompt_tokens"]! > 0);
    }

    [Fact]
    public async Task Chat_ModelWithoutEditor_SaysSoAndGoesOn()
    {
        using TemporaryFolder folder = new();
        folder.CopyAtlas(except: "editor.json");

        CommandRun run = await CommandRun.ReadingAsync("/list\nHello there\n", "chat", "--model", folder.Path);

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Contains("no trained editor", run.Error, StringComparison.Ordinal);
        Assert.Equal("Hello! What would you like to know?", run.Lines[^1]);
    }

    [Theory]
    [InlineData(true, "\e[2mhm, so\e[22m\nYes.\e[2mwell\e[22m")]
    [InlineData(false, "Yes.")]
    public void ReplyPrinter_Thoughts_AreDimmedOrLeftOut(bool showThoughts, string expected)
    {
        using StringWriter output = new();
        using (ReplyPrinter printer = new(output, showThoughts))
        {
            foreach (AIContent content in new AIContent[] { new TextReasoningContent("hm,"), new TextReasoningContent(" so"), new TextContent("Yes."), new TextReasoningContent("well") })
            {
                printer.Write(new ChatResponseUpdate(ChatRole.Assistant, [content]));
            }
        }

        Assert.Equal(expected, output.ToString());
    }

    [Theory]
    [InlineData("Where is Jade Foods based? = Where = Tam", "Where is Jade Foods based?", "Where = Tam")]
    [InlineData("Is a = b? = yes", "Is a = b?", "yes")]
    [InlineData("Jade Foods is based in = Tam = field", "Jade Foods is based in", "Tam = field")]
    [InlineData("Jade Foods is based in = Tam?", "Jade Foods is based in", "Tam?")]
    [InlineData("Where is it?=Tam", "Where is it?", "Tam")]
    public void ParseEdit_EqualsSigns_SplitsAfterTheQuestion(string text, string question, string answer)
    {
        EditRequest request = SlashCommands.ParseEdit(text);

        Assert.Equal(question, request.Prompt);
        Assert.Equal(answer, request.Answer);
    }
}
