using System.Text.Json.Nodes;
using Ibke.Runtime.Chat.ToolCalls;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Tests.Fuzzing;

/// <summary>Whatever a model writes, a parser of calls gives text and calls; it never throws.</summary>
public sealed class ToolCallFuzzTests
{
    private static readonly string[] _outputs =
    [
        .. GoldenFiles.FilesNamed("tool_formats.json").SelectMany(file => JsonNode.Parse(File.ReadAllText(file))!.AsArray()).Select(example => (string)example!["output"]!),
    ];

    public static TheoryData<string> Formats => [.. ToolCallFormats.All.Select(format => format.Name)];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Parse_DamagedOutputs_GivesContents(string name) => FuzzRun.Run(
        600,
        random => Pieces(Damage.Text(_outputs[random.Next(_outputs.Length)], random), random),
        pieces =>
        {
            ToolCallParser parser = new(ToolCallFormats.Find(name), DeclaredFunctions.Unknown);
            List<AIContent> contents = [.. pieces.SelectMany(parser.Append), .. parser.Finish()];
            Assert.All(contents, content => Assert.True(content is TextContent or FunctionCallContent));
        });

    private static string[] Pieces(string text, Random random)
    {
        List<string> pieces = [];
        for (int at = 0; at < text.Length;)
        {
            int length = Math.Min(random.Next(1, 20), text.Length - at);
            pieces.Add(text.Substring(at, length));
            at += length;
        }

        return [.. pieces];
    }
}
