using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Tests.Chat;

/// <summary>Conversations of the embedded model with tools, calls and results, whose replies an independent implementation gives as well.</summary>
internal static class ConversationGoldens
{
    public static IReadOnlyList<JsonNode> All { get; } =
        [.. JsonNode.Parse(File.ReadAllText(Path.Combine(GoldenFiles.Committed, "atlas", "conversations.json")))!.AsArray().Select(static item => item!)];

    /// <summary>The functions; called one after another, they give the conversation's results in their order.</summary>
    public static List<AITool> Tools(JsonNode conversation)
    {
        Queue<string> results = new(conversation["messages"]!.AsArray()
            .Where(static message => (string)message!["role"]! == "tool").Select(static message => (string)message!["content"]!));
        return [.. conversation["tools"]!.AsArray().Select(tool => new ReplayedFunction(tool!["function"]!, results))];
    }

    /// <summary>The messages, calls as contents; a result answers the call before it.</summary>
    public static List<ChatMessage> Messages(JsonNode conversation)
    {
        List<ChatMessage> messages = [];
        foreach (JsonNode? message in conversation["messages"]!.AsArray())
        {
            string text = (string)message!["content"]!;
            ChatMessage next = new(new ChatRole((string)message["role"]!), text);
            foreach (JsonNode? call in message["tool_calls"]?.AsArray() ?? [])
            {
                Dictionary<string, object?> arguments = call!["function"]!["arguments"]!.AsObject()
                    .ToDictionary(static pair => pair.Key, static pair => (object?)pair.Value!.ToString());
                next.Contents.Add(new FunctionCallContent($"c{messages.Count}", (string)call["function"]!["name"]!, arguments));
            }

            if (next.Role == ChatRole.Tool)
            {
                next.Contents = [new FunctionResultContent($"c{messages.Count - 1}", text)];
            }

            messages.Add(next);
        }

        return messages;
    }

    /// <summary>What a message says and calls, to compare.</summary>
    public static string Describe(ChatMessage message) => message.Text + string.Concat(message.Contents.OfType<FunctionCallContent>()
        .Select(static call => $"[{call.Name} {JsonSerializer.Serialize(call.Arguments)} {call.Exception?.Message}]"));

    private sealed class ReplayedFunction(JsonNode function, Queue<string> results) : AIFunction
    {
        public override string Name => (string)function["name"]!;

        public override string Description => (string)function["description"]!;

        public override JsonElement JsonSchema => JsonSerializer.SerializeToElement(function["parameters"]);

        protected override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken) =>
            ValueTask.FromResult<object?>(results.Dequeue());
    }
}
