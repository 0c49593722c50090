using System.Text.Json.Nodes;
using Ibke.Cli.Terminals;

namespace Ibke.Cli.Tests;

/// <summary>One command line that was run in this process, with what it read and printed.</summary>
internal sealed record CommandRun(int Code, string Out, string Error)
{
    /// <summary>The embedded model.</summary>
    public static string Atlas { get; } = Path.Combine(RepositoryRoot(), "samples", "models", "atlas");

    /// <summary>The lines printed.</summary>
    public string[] Lines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Runs it with nothing to read.</summary>
    public static Task<CommandRun> RunAsync(params string[] arguments) => RunAsync("", CancellationToken.None, arguments);

    /// <summary>Runs it with input.</summary>
    public static Task<CommandRun> ReadingAsync(string input, params string[] arguments) => RunAsync(input, CancellationToken.None, arguments);

    /// <summary>Runs it.</summary>
    public static async Task<CommandRun> RunAsync(string input, CancellationToken cancellation, params string[] arguments)
    {
        StringWriter output = new() { NewLine = "\n" };
        StringWriter error = new() { NewLine = "\n" };
        using Terminal terminal = new(new StringReader(input), output, error);
        int code = await new Application(terminal).RunAsync(arguments, cancellation);
        return new CommandRun(code, output.ToString(), error.ToString());
    }

    /// <summary>What was printed, as one JSON document.</summary>
    public JsonObject Json() => JsonNode.Parse(Out)!.AsObject();

    /// <summary>What was printed, as JSON lines.</summary>
    public JsonObject[] JsonLines() => [.. Lines.Select(line => JsonNode.Parse(line)!.AsObject())];

    /// <summary>The nearest folder above the test assembly that holds the solution.</summary>
    public static string RepositoryRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Ibke.Plugin.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("No solution above the test assembly.");
    }
}
