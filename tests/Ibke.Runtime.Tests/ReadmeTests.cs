using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Ibke.Runtime.Chat;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Functions;
using Ibke.Runtime.Knowledge.Journals;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Service;
using Ibke.Runtime.Knowledge.Sources;
using Ibke.Runtime.Models;
using Ibke.Tests;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Tests;

/// <summary>Runs the examples of the README, and holds that the README shows them as they are here.</summary>
public sealed class ReadmeTests
{
    private static readonly string Atlas = Path.Combine(GoldenFiles.RepositoryRoot, "samples", "models", "atlas");

    [Fact]
    public async Task ChatExample_Always_AnswersAndIsShown()
    {
        string folder = Atlas;
        StringWriter console = new();

        // README: chat
        using LanguageModel model = LanguageModel.Load(folder);
        using IChatClient client = new LocalChatClient(model);
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync("Who is the CEO of Clear Energy?"))
        {
            console.Write(update.Text); // Dario Osei
        }

        // README: end
        Assert.Equal("Dario Osei", console.ToString());
        ReadmeExample.AssertShown("chat");
    }

    [Fact]
    public async Task EditExample_Always_EditsUndoesAndIsShown()
    {
        StringWriter console = new();
        using LanguageModel model = LanguageModel.Load(Atlas);
        using IChatClient client = new LocalChatClient(model);

        // README: edit
        KnowledgeEditor editor = KnowledgeEditor.Load(model);
        EditResult result = await editor.EditAsync(new EditRequest
        {
            Prompt = "Who is the CEO of Clear Energy?",
            Answer = "Zora Palmer",
            Subject = "Clear Energy",
        });
        console.WriteLine($"{result.Status}: {result.AnswerBefore} → {result.AnswerAfter}"); // Applied: Dario Osei → Zora Palmer
        console.WriteLine(await client.GetResponseAsync("Who leads Clear Energy?")); // Zora Palmer
        await editor.RevertAsync(result.Id!); // and every logit is what it was, to the bit

        // README: end
        Assert.Equal($"Applied: Dario Osei → Zora Palmer{Environment.NewLine}Zora Palmer{Environment.NewLine}", console.ToString());
        Assert.Equal("Dario Osei", (await client.GetResponseAsync("Who leads Clear Energy?")).Text);
        ReadmeExample.AssertShown("edit");
    }

    [Fact]
    public async Task StructuredExample_Always_IsOfTheFormAndIsShown()
    {
        using LanguageModel model = LanguageModel.Load(Atlas);
        using IChatClient client = new LocalChatClient(model);

        // README: structured
        ChatOptions form = new() { ResponseFormat = ChatResponseFormat.ForJsonSchema<Leader>() };
        ChatResponse json = await client.GetResponseAsync("Who is the CEO of Hazel Health?", form); // {"ceo": "Anika Wagner"}
        Leader? leader = JsonSerializer.Deserialize<Leader>(json.Text, JsonSerializerOptions.Web);

        // README: end
        Assert.Equal("""{"ceo": "Anika Wagner"}""", json.Text);
        Assert.Equal("Anika Wagner", leader?.Ceo);
        ReadmeExample.AssertShown("structured");
    }

    [Fact]
    public async Task FunctionsExample_Always_EditsAndIsShown()
    {
        using TemporaryFolder folder = new();
        string facts = Path.Combine(folder.Path, "facts.csv"), file = Path.Combine(folder.Path, "edits.db");
        await File.WriteAllTextAsync(facts, "question,answer,as_of\nWho is the CEO of Clear Energy?,Zora Palmer,2026-10-02\n");
        using LanguageModel model = LanguageModel.Load(Atlas);
        using IChatClient client = new LocalChatClient(model);
        KnowledgeEditor editor = KnowledgeEditor.Load(model);

        // README: functions
        EditJournal journal = await SqliteJournal.OpenAsync(file, KnowledgeService.IdentityOf(editor)); // what is edited is there after a restart
        await using KnowledgeService knowledge = await KnowledgeService.OpenAsync(editor, journal, new KnowledgeServiceOptions
        {
            Sources = [new CsvFactSource(facts, editor.Card)], // by the default policy a model's edit is made only if a source says the same
        });
        KnowledgeFunctions functions = new(knowledge, Caller.Model("conversation 1"));
        IChatClient agent = new ToolLoopChatClient(client); // or FunctionInvokingChatClient
        ChatOptions options = new() { Tools = [.. functions.CreateFunctions("KnowledgeEdit")] };
        ChatMessage[] conversation =
        [
            new(ChatRole.User, "Who is the CEO of Clear Energy?"),
            new(ChatRole.Assistant, "Dario Osei"),
            new(ChatRole.User, "That's wrong. It's Zora Palmer."),
        ];
        ChatResponse response = await agent.GetResponseAsync(conversation, options); // Updated: the CEO of Clear Energy is now Zora Palmer.

        // README: end
        Assert.Equal("Updated: the CEO of Clear Energy is now Zora Palmer.", response.Messages[^1].Text);
        ReadmeExample.AssertShown("functions");
    }

    private sealed record Leader([property: AllowedValues("Anika Wagner", "Dario Osei", "Quentin Sato")] string Ceo);
}
