using System.Text.Json;
using System.Text.Json.Nodes;
using Ibke.Runtime.Chat.ToolCalls;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Tests.Chat.ToolCalls;

/// <summary>Raw outputs of models in all formats, whole and cut into pieces.</summary>
[Trait("Category", "Golden")]
public sealed class ToolFormatGoldenTests
{
    private static readonly (string Name, JsonNode Example)[] _cases =
    [
        .. GoldenFiles.FilesNamed("tool_formats.json").SelectMany(static file => JsonNode.Parse(File.ReadAllText(file))!.AsArray())
            .Select(static example => ($"{example!["format"]}: {example["name"]}", example)),
    ];

    [Fact]
    public void Parse_WholeOutput_GivesTextAndCallsOrAllAsText()
    {
        Assert.NotEmpty(_cases);
        AssertNoFailures(static (output, format) => ParsedReply.Parse(format, [output], delivery: CallDelivery.AllOrNothing));
    }

    [Fact]
    public void Parse_CharacterByCharacter_GivesTextAndCallsOrAllAsText() =>
        AssertNoFailures(static (output, format) => ParsedReply.Parse(format, output.Select(static c => c.ToString()), delivery: CallDelivery.AllOrNothing));

    [Fact]
    public void Parse_AnyCuts_GivesTheSameContents()
    {
        Random random = new(4);
        foreach ((string name, JsonNode example) in _cases)
        {
            string output = (string)example["output"]!;
            foreach (ToolCallFormat format in Formats(example))
            {
                string whole = ParsedReply.Parse(format, [output]).ToString();
                Assert.Equal(whole, ParsedReply.Parse(format, output.Select(static c => c.ToString())).ToString());
                for (int i = 0; i < 20; i++)
                {
                    string[] pieces = ParsedReply.Cut(output, Enumerable.Range(0, random.Next(12)).Select(_ => random.Next(output.Length + 1)));
                    Assert.True(whole == ParsedReply.Parse(format, pieces).ToString(), $"{name} in {format}: {string.Join('|', pieces)}");
                }
            }
        }
    }

    [Fact]
    public void Parse_AsItComes_GivesCallsOrTheWholeTextWithANote()
    {
        foreach ((string name, JsonNode example) in _cases)
        {
            string output = (string)example["output"]!;
            ParsedReply reply = ParsedReply.Parse(Formats(example)[0], [output]);
            bool isWhole = reply.Calls.Count > 0 || reply.Text == output;
            Assert.True(isWhole, $"{name}: {reply}");
        }
    }

    private static void AssertNoFailures(Func<string, ToolCallFormat, ParsedReply> parse)
    {
        List<string> failures = [];
        foreach ((string name, JsonNode example) in _cases)
        {
            string output = (string)example["output"]!;
            JsonNode[] accepted = [example["expected"]!, .. (example["alternatives"]?.AsArray() ?? []).Select(static other => other!)];
            failures.AddRange(Formats(example).Select(format => (format, reply: parse(output, format)))
                .Where(pair => !accepted.Any(expected => Agrees(pair.reply, expected, example)))
                .Select(pair => $"{name} in {pair.format}: {pair.reply}"));
        }

        Assert.True(failures.Count == 0, $"{failures.Count}:\n{string.Join('\n', failures)}");
    }

    /// <summary>The format of an example; where there is no call, none of the formats may see one.</summary>
    private static IReadOnlyList<ToolCallFormat> Formats(JsonNode example) =>
        (string)example["format"]! == "none" ? ToolCallFormats.All : [ToolCallFormats.Find((string)example["format"]!)];

    /// <summary>Whether a reply is what one of the accepted results says. Other results than the expected one do not say what is left behind the calls.</summary>
    private static bool Agrees(ParsedReply reply, JsonNode expected, JsonNode example)
    {
        string output = (string)example["output"]!;
        JsonArray calls = expected["calls"]!.AsArray();
        string text = (string)expected["text"]!;
        return calls.Count == 0
            ? reply.Calls.Count == 0 && reply.Text == output && text == output
            : reply.TextBeforeCalls.Trim() == text
                && (reply.TextAfterCalls.Trim() is "" || reply.TextAfterCalls.Trim() == (string?)expected["rest"] || expected != example["expected"])
                && reply.Problems.Count == 0
                && reply.Calls.Count == calls.Count
                && reply.Calls.Zip(calls).All(static pair => IsSame(pair.First, pair.Second!));
    }

    private static bool IsSame(FunctionCallContent call, JsonNode expected) =>
        call.Name == (string)expected["name"]!
        && JsonElement.DeepEquals(JsonSerializer.SerializeToElement(call.Arguments), JsonSerializer.SerializeToElement(expected["arguments"]));
}
