using System.Text.Json.Nodes;

namespace Ibke.Runtime.Scoring.Questions;

/// <summary>What a model is asked.</summary>
internal abstract record QuestionContent
{
    /// <summary>What people read in a report, and what a method that puts facts before a question looks at: the user's last turn, or the plain text.</summary>
    public abstract string Text { get; }

    /// <summary>A user's turn in an empty conversation.</summary>
    public static ChatTurns Turn(string text) => new([new JsonObject { ["role"] = "user", ["content"] = text }], null);
}

/// <summary>A conversation, put through the chat template.</summary>
/// <param name="Messages">In the form of the chat completion API. Never changed.</param>
/// <param name="Tools">The functions listed; null for none.</param>
internal sealed record ChatTurns(JsonArray Messages, JsonArray? Tools) : QuestionContent
{
    /// <inheritdoc/>
    public override string Text => LastUserTurn?["content"]?.GetValue<string>() ?? "";

    private JsonObject? LastUserTurn => Messages.OfType<JsonObject>().LastOrDefault(message =>
        message["role"]?.GetValue<string>() == "user" && message["content"]?.GetValueKind() == System.Text.Json.JsonValueKind.String);

    /// <summary>A copy whose last user's turn begins with a text.</summary>
    public ChatTurns With(string context)
    {
        ChatTurns copy = new((JsonArray)Messages.DeepClone(), Tools);
        if (copy.LastUserTurn is { } turn)
        {
            turn["content"] = $"{context} {copy.Text}";
        }

        return copy;
    }
}

/// <summary>Plain text that the answer continues.</summary>
/// <param name="Prompt">The text.</param>
/// <param name="End">What follows the answer; null for the end of the text.</param>
internal sealed record PlainText(string Prompt, string? End) : QuestionContent
{
    /// <inheritdoc/>
    public override string Text => Prompt;
}
