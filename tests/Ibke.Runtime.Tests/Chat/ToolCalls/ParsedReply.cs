using System.Text.Json;
using Ibke.Runtime.Chat.ToolCalls;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Tests.Chat.ToolCalls;

/// <summary>What a parser makes of a reply.</summary>
internal sealed class ParsedReply
{
    public required IReadOnlyList<AIContent> Contents { get; init; }

    public IReadOnlyList<FunctionCallContent> Calls => [.. Contents.OfType<FunctionCallContent>()];

    public string Text => string.Concat(Contents.OfType<TextContent>().Select(static content => content.Text));

    public string TextBeforeCalls => string.Concat(Contents.TakeWhile(static content => content is TextContent).Select(static content => ((TextContent)content).Text));

    public string TextAfterCalls =>
        string.Concat(Contents.Reverse().TakeWhile(static content => content is TextContent).Reverse().Select(static content => ((TextContent)content).Text));

    public IReadOnlyList<string> Problems => [.. Contents.Select(ToolCallParser.ProblemOf).OfType<string>()];

    public static ParsedReply Parse(
        ToolCallFormat format, IEnumerable<string> pieces, DeclaredFunctions? functions = null, CallDelivery delivery = CallDelivery.AtOnce)
    {
        ToolCallParser parser = new(format, functions ?? DeclaredFunctions.Unknown, delivery);
        List<AIContent> contents = [.. pieces.SelectMany(parser.Append)];
        contents.AddRange(parser.Finish());
        return new ParsedReply { Contents = contents };
    }

    /// <summary>A text cut at some places; those outside it are ignored.</summary>
    public static string[] Cut(string text, IEnumerable<int> places)
    {
        int[] sorted = [.. places.Where(place => place >= 0 && place < text.Length).Append(0).Append(text.Length).Distinct().Order()];
        return [.. sorted.Zip(sorted.Skip(1), (from, to) => text[from..to])];
    }

    public override string ToString() => string.Concat(Contents.Select(static content => content switch
    {
        FunctionCallContent call => $"[{call.Name} {JsonSerializer.Serialize(call.Arguments)}]",
        TextContent text when ToolCallParser.ProblemOf(text) is { } problem => $"({text.Text}: {problem})",
        TextContent text => text.Text,
        _ => content.GetType().Name,
    }));
}
