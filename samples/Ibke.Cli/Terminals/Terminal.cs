using System.Text;
using Spectre.Console;

namespace Ibke.Cli.Terminals;

/// <summary>Where a command reads and writes. Results go to <see cref="Out"/>, progress and errors to <see cref="Error"/>.</summary>
internal sealed class Terminal : IDisposable
{
    // Text that nobody watches is not broken into lines.
    private const int PlainWidth = 10_000;

    /// <summary>Takes over streams.</summary>
    public Terminal(TextReader input, TextWriter output, TextWriter error)
    {
        In = input;
        Out = output;
        Error = error;
        Status = Console(error, false);
    }

    /// <summary>Lines given to the command.</summary>
    public TextReader In { get; }

    /// <summary>Results.</summary>
    public TextWriter Out { get; }

    /// <summary>Progress and errors.</summary>
    public TextWriter Error { get; }

    /// <summary>Whether a person types the input.</summary>
    public bool InputIsTerminal { get; private init; }

    /// <summary>Whether a person watches the results.</summary>
    public bool OutputIsTerminal { get; private init; }

    /// <summary>Whether a person watches the progress.</summary>
    public bool ErrorIsTerminal { get; private init; }

    /// <summary>Progress bars on <see cref="Error"/>.</summary>
    public IAnsiConsole Status { get; private init; }

    /// <summary>The streams of this process, as UTF-8 without a byte order mark.</summary>
    public static Terminal ForProcess()
    {
        UTF8Encoding utf8 = new(encoderShouldEmitUTF8Identifier: false);
        bool input = !System.Console.IsInputRedirected;
        bool output = !System.Console.IsOutputRedirected;
        bool error = !System.Console.IsErrorRedirected;

        // A terminal keeps the console's own line editing; a pipe is read and written as UTF-8 whatever the locale says.
        TextReader reader = input ? System.Console.In : new StreamReader(System.Console.OpenStandardInput(), utf8);
        if (output || error)
        {
            System.Console.OutputEncoding = utf8;
        }

        TextWriter writer = output ? System.Console.Out : Writer(System.Console.OpenStandardOutput(), utf8);
        TextWriter errors = error ? System.Console.Error : Writer(System.Console.OpenStandardError(), utf8);
        return new Terminal(reader, writer, errors)
        {
            InputIsTerminal = input,
            OutputIsTerminal = output,
            ErrorIsTerminal = error,
            Status = Console(errors, error),
        };
    }

    /// <summary>A table that suits who reads it: with borders on a terminal, aligned columns elsewhere.</summary>
    public Table CreateTable(params string[] columns)
    {
        Table table = new() { Border = OutputIsTerminal ? TableBorder.Rounded : TableBorder.None, ShowHeaders = columns.Any(c => c.Length > 0) };
        foreach (string column in columns)
        {
            table.AddColumn(new TableColumn(Markup.Escape(column)));
        }

        return table;
    }

    /// <summary>Prints a table on <see cref="Out"/>.</summary>
    public void Write(Table table)
    {
        using StringWriter plain = new();
        IAnsiConsole console = Console(OutputIsTerminal ? Out : plain, OutputIsTerminal);
        console.Write(table);
        foreach (string line in plain.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Out.WriteLine(line.TrimEnd());
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Out.Flush();
        Error.Flush();
    }

    private static StreamWriter Writer(Stream stream, Encoding encoding) => new(stream, encoding) { AutoFlush = true };

    private static IAnsiConsole Console(TextWriter writer, bool terminal)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = terminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = terminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = terminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!terminal)
        {
            console.Profile.Width = PlainWidth;
        }

        return console;
    }
}
