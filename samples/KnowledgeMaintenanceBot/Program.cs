using System.CommandLine;
using System.Globalization;
using Ibke.Samples.KnowledgeMaintenanceBot;
using Ibke.Samples.KnowledgeMaintenanceBot.Views;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
BotCommandLine commands = new((options, cancellationToken) => BotRun.RunAsync(options, BotConsole.Create(), cancellationToken));
ParseResult parsed = commands.Parse(args);
if (parsed.Errors.Count > 0)
{
    Console.Error.WriteLine($"{parsed.Errors[0].Message} --help lists the options.");
    return BotRun.Usage;
}

// The host ends the bot at Ctrl-C; the command line must not end the process meanwhile.
return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
