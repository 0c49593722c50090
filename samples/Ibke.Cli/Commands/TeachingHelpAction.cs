using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Ibke.Cli.Commands;

/// <summary>The usual help, followed by examples, notes and exit codes.</summary>
internal sealed class TeachingHelpAction(HelpAction usual) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        int code = usual.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        if (parseResult.CommandResult.Command is CliCommand command)
        {
            output.WriteLine("Examples:");
            foreach (CliCommand.Example example in command.Examples)
            {
                output.WriteLine($"  {example.Line}");
                output.WriteLine($"      {example.Purpose}");
            }

            output.WriteLine();
            if (command.Notes.Length > 0)
            {
                output.WriteLine(command.Notes);
                output.WriteLine();
            }
        }

        output.WriteLine("Exit codes: 0 all held; 1 something did not hold or an item failed; 2 wrong usage or bad input; 130 cancelled.");
        output.WriteLine("The model is --model, else the folder in IBKE_MODEL, else the nearest samples/models/atlas.");
        return code;
    }
}
