using Ibke.Cli.Generating;
using Ibke.Cli.Rendering;
using Ibke.Runtime.Tests;
using Ibke.Runtime.Tests.Fuzzing;

namespace Ibke.Cli.Tests;

/// <summary>Damaged input of a command is an error that names what is wrong, never a crash.</summary>
public sealed class InputFuzzTests
{
    private const string Request = """
        {"id": "a", "messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}, {"role": "assistant", "content": null,
        "tool_calls": [{"id": "c", "function": {"name": "f", "arguments": "{\"a\": 1}"}}]}, {"role": "tool", "tool_call_id": "c", "content": "3"}],
        "tools": [{"type": "function", "function": {"name": "f", "description": "d", "parameters": {"type": "object"}}}], "add_generation_prompt": true}
        """;

    [Fact]
    public void GenerateRequest_Damaged_IsAFormatException() => FuzzRun.Run(
        3000,
        random => random.Next(4) == 0 ? Damage.Json("""{"id": 1, "prompt_ids": [1, 2, 3]}""", random) : Damage.Json(Request, random),
        line =>
        {
            GenerateRequestReader.TryReadId(line);
            GenerateRequestReader.Read(line);
        },
        typeof(FormatException));

    [Fact]
    public void RenderRequest_Damaged_IsACommandException() => FuzzRun.Run(
        3000,
        random => random.Next(4) == 0 ? Damage.Text(Request, random) : Damage.Json(Request, random),
        text => RenderRequest.Read(text, "x"),
        typeof(CommandException));

    [Fact]
    public void Render_DamagedMessages_EndsWithTextOrALineOfError()
    {
        string tiny = Path.Combine(GoldenFiles.Committed, "tokenizers", "tiny-160");
        FuzzRun.Run(
            150,
            random => Damage.Json(Request, random),
            text =>
            {
                CommandRun run = CommandRun.ReadingAsync(text, "render", "--model", tiny).GetAwaiter().GetResult();
                Assert.True(run.Code == ExitCode.Success || (run.Code == ExitCode.Usage && run.Out.Length == 0), run.Error);
                Assert.DoesNotContain("--debug shows more", run.Error, StringComparison.Ordinal);
            });
    }
}
