using System.Runtime.InteropServices;
using Ibke.Cli;
using Ibke.Cli.Terminals;

// The first Ctrl-C (or SIGTERM) asks the command to end; a second one ends the process at once.
using CancellationTokenSource cancellation = new();
void Cancel(PosixSignalContext signal)
{
    signal.Cancel = !cancellation.IsCancellationRequested;
    cancellation.Cancel();
}

using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);

using Terminal terminal = Terminal.ForProcess();
return await new Application(terminal).RunAsync(args, cancellation.Token);
