using System.CommandLine;

namespace Ibke.Cli.Commands;

/// <summary>One command, with the examples its help shows.</summary>
internal abstract class CliCommand : Command
{
    /// <summary>Names the command.</summary>
    protected CliCommand(string name, string description)
        : base(name, description) => SetAction(RunAsync);

    /// <summary>Command lines worth copying, each with what it does.</summary>
    public abstract IReadOnlyList<Example> Examples { get; }

    /// <summary>What else a user should know; shown after the examples.</summary>
    public virtual string Notes => "";

    /// <summary>Does the work.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    protected abstract Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation);

    /// <summary>A command line and what it does.</summary>
    internal sealed record Example(string Line, string Purpose);
}
