using System.Text.Json.Nodes;
using Ibke.Atlas.Conversations;
using Ibke.Atlas.World;

namespace Ibke.Atlas.Tests.Conversations;

/// <summary>What holds in every conversation with functions.</summary>
public sealed class ConversationMakerTests
{
    public static TheoryData<Split> Splits => [Split.Training, Split.Test];

    [Theory]
    [MemberData(nameof(Splits))]
    public void ToolChat_EveryCall_IsOfAListedFunctionWithItsArguments(Split split)
    {
        foreach (Conversation conversation in Many(split))
        {
            foreach (FunctionCall call in conversation.Messages.Select(message => message.Call).OfType<FunctionCall>())
            {
                ListedFunction listed = Assert.Single(conversation.Functions!, function => function.Name == call.Name);
                Assert.Equal(listed.Parameters, call.Arguments.Select(argument => argument.Name));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Splits))]
    public void ToolChat_Messages_AlternateAndEveryCallHasItsResult(Split split)
    {
        foreach (Conversation conversation in Many(split))
        {
            IReadOnlyList<Message> messages = conversation.Messages;
            Assert.Equal("assistant", messages[^1].Role);
            Assert.Null(messages[^1].Call);
            for (int i = 1; i < messages.Count; i++)
            {
                string before = messages[i - 1].Call is not null ? "call" : messages[i - 1].Role;
                string[] after = before switch
                {
                    "call" => ["tool"],
                    "tool" or "user" => ["assistant"],
                    _ => ["user"],
                };
                Assert.Contains(messages[i].Role, after);
            }
        }
    }

    [Fact]
    public void ToolChat_ArgumentsOfEdits_StandInTheConversationBefore()
    {
        foreach (Conversation conversation in Many(Split.Test))
        {
            for (int i = 0; i < conversation.Messages.Count; i++)
            {
                if (conversation.Messages[i].Call is { } call && call.Name.EndsWith("edit_fact", StringComparison.Ordinal))
                {
                    string before = string.Join('\n', conversation.Messages.Take(i).Select(message => message.Content));
                    Assert.Contains(call.Arguments[1].Value, before, StringComparison.Ordinal);
                    Assert.Contains(call.Arguments[2].Value, before, StringComparison.Ordinal);
                    Assert.Contains(call.Arguments[2].Value, call.Arguments[0].Value, StringComparison.Ordinal);
                }
            }
        }
    }

    [Fact]
    public void ToolChat_UndoOfWhatWasJustDone_NamesTheLastEditInForce()
    {
        int seen = 0;
        foreach (Conversation conversation in Many(Split.Training))
        {
            List<string> edits = [];
            for (int i = 0; i < conversation.Messages.Count - 1; i++)
            {
                Message message = conversation.Messages[i];
                JsonNode? result = message.Call is null ? null : Parse(conversation.Messages[i + 1].Content);
                if ((string?)result?["status"] == "applied")
                {
                    edits.Add((string)result["edit_id"]!);
                }
                else if (message.Tag?.StartsWith("undo-that", StringComparison.Ordinal) == true && message.Call is { } call)
                {
                    Assert.Equal(edits[^1], call.Arguments[0].Value);
                    seen++;
                }

                if ((string?)result?["status"] == "reverted")
                {
                    edits.Remove(message.Call!.Arguments[0].Value);
                }
            }
        }

        Assert.True(seen > 30, $"{seen} undone");
    }

    [Fact]
    public void ToolChat_AfterRefusedEdits_RepeatsTheReason()
    {
        int seen = 0;
        foreach (Conversation conversation in Many(Split.Test))
        {
            for (int i = 1; i < conversation.Messages.Count; i++)
            {
                if (conversation.Messages[i].Role == "tool" && Parse(conversation.Messages[i].Content) is JsonObject result
                    && (string?)result["status"] == "refused")
                {
                    Assert.Equal($"The edit was refused: {result["reason"]}.", conversation.Messages[i + 1].Content);
                    seen++;
                }
            }
        }

        Assert.True(seen > 5, $"{seen} refused");
    }

    [Fact]
    public void WithoutTools_Requests_AreNeverCalls()
    {
        ConversationMaker maker = Atlas.Maker(Split.Test);
        Conversation[] conversations = [.. Enumerable.Range(0, 100).Select(_ => maker.WithoutTools(2))];

        Assert.All(conversations, conversation => Assert.All(conversation.Messages, message => Assert.Null(message.Call)));
        Assert.Contains(conversations, conversation => conversation.Messages.Any(message => message.Content == Atlas.Phrases.NoTool));
    }

    [Fact]
    public void ProductChat_Functions_AreListedAsTheRuntimeListsThem()
    {
        Conversation conversation = Atlas.Maker(Split.Test).ProductChat("KnowledgeEdit_", 2);

        Assert.Equal(
            ["KnowledgeEdit_verify_fact", "KnowledgeEdit_edit_fact", "KnowledgeEdit_revert_edit", "KnowledgeEdit_list_edits"],
            conversation.Functions!.Select(function => function.Name));
        Assert.Equal(["question", "answer", "subject"], conversation.Functions![1].Parameters);
        Assert.Equal("Corrects a fact in the model.", conversation.Functions[1].Description);
    }

    [Fact]
    public void ToolChat_Lengths_FitTheModel() => Assert.All(Many(Split.Training), conversation => Assert.InRange(conversation.Length, 1, 1400));

    private static Conversation[] Many(Split split)
    {
        ConversationMaker maker = Atlas.Maker(split);
        return [.. Enumerable.Range(0, 1000).Select(_ => maker.ToolChat())];
    }

    private static JsonNode? Parse(string text) => text.StartsWith('{') ? JsonNode.Parse(text) : null;
}
