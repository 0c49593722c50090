using System.CommandLine;
using System.Globalization;
using Ibke.Atlas.Files;
using Ibke.Cli.Terminals;

namespace Ibke.Cli.Commands;

/// <summary><c>ibke world</c>: writes what the embedded model and its editor are trained on and measured with.</summary>
internal sealed class WorldCommand : CliCommand
{
    private readonly Terminal _terminal;
    private readonly Option<string> _out = OutOption.Create("The folder that the files are written to.");

    private readonly Option<int?> _seed = NumberOption.Create<int>("--seed", "Decides every name, wording and conversation. Default: 7.", 0);
    private readonly Option<double?> _share = NumberOption.Create<double>(
        "--share", "Write this share of the training rows only, for a try. Default: 1.", 0.001, 1);

    /// <summary>Declares the options.</summary>
    public WorldCommand(Terminal terminal)
        : base("world", "Generates the embedded model's world: its training texts, conversations with tools, edits, and the cases it is measured with.")
    {
        _terminal = terminal;
        foreach (Option option in new Option[] { _out, _seed, _share })
        {
            Add(option);
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("ibke world --out world", "everything, as the embedded model was made from it"),
        new("ibke world --out try --share 0.01", "a hundredth of the training rows"),
    ];

    /// <inheritdoc/>
    public override string Notes =>
        """
        The facts are always the same; a seed decides all else, and gives the same bytes on every machine.
        Phrases, names, prefixes and descriptions of the test files (skills-*, cases-*) occur in no training file.
        """;

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        string folder = OutOption.Resolve(arguments.GetValue(_out)!);
        WorldWriter writer = new(arguments.GetValue(_seed) ?? 7, arguments.GetValue(_share) ?? 1);
        List<(string Name, int Rows)> written = await ProgressDisplay.RunAsync(_terminal, "world", writer.Count, progress => Task.Run(
            () =>
            {
                List<(string Name, int Rows)> done = [];
                writer.Write(
                    folder,
                    (name, rows) =>
                    {
                        lock (done)
                        {
                            done.Add((name, rows));
                            progress(done.Count, name);
                        }
                    },
                    cancellation);
                return done;
            },
            cancellation));
        foreach ((string name, int rows) in written.OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            _terminal.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Path.Combine(folder, name)}  {rows:N0} rows"));
        }

        return ExitCode.Success;
    }
}
