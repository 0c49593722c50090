using Ibke.Atlas.Conversations;

namespace Ibke.Atlas.Formats;

/// <summary>The words of a conversation as plain text, nearly as a model reads them but without its markers: what a tokenizer is trained on.</summary>
internal static class PlainText
{
    public static string Of(Conversation conversation)
    {
        List<string> lines = [];
        if (conversation.Functions is { } functions)
        {
            lines.Add("Tools:");
            lines.AddRange(functions.Select(function => $"{function.Name}({string.Join(", ", function.Parameters)}): {function.Description}"));
        }

        foreach (Message message in conversation.Messages)
        {
            lines.Add(message.Role);
            lines.Add(message.Call is { } call ? Of(call) : message.Content);
        }

        return string.Join('\n', lines);
    }

    private static string Of(FunctionCall call)
    {
        IEnumerable<string> arguments = call.Arguments.Select(argument => $"\"{argument.Name}\": \"{argument.Value}\"");
        return $"{{\"name\": \"{call.Name}\", \"arguments\": {{{string.Join(", ", arguments)}}}}}";
    }
}
