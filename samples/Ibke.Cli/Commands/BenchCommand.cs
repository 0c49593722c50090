using System.CommandLine;
using Ibke.Cli.Measurements;
using Ibke.Cli.Terminals;
using Spectre.Console;

namespace Ibke.Cli.Commands;

/// <summary><c>ibke bench</c>: what the machine can do, and how much of it the engine uses.</summary>
internal sealed class BenchCommand : CliCommand
{
    private readonly Terminal _terminal;
    private readonly Option<string?> _model = ModelOption.Create();
    private readonly Option<int?> _threads = NumberOption.Create(
        "--threads", "Threads of the engine; all processors by default. Memory and decoding are measured with one thread as well.", 1, 256);

    private readonly Option<bool> _quick = new("--quick") { Description = "Fewer repeats: a look within half a minute, not for a report; speeds come out lower than in the full bench." };
    private readonly Option<bool> _quantized = new("--quantized")
    {
        Description = "Compare 8-bit weights with the stored ones instead: speed, predictions, edits.",
    };

    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON document." };

    /// <summary>Declares the options.</summary>
    public BenchCommand(Terminal terminal)
        : base("bench", "Measures speed: tokens a second, the share of the machine's limits that is reached, the cost of an edit.")
    {
        _terminal = terminal;
        Add(_model);
        Add(_threads);
        Add(_quick);
        Add(_quantized);
        Add(_json);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("ibke bench", "measure everything on all processors"),
        new("ibke bench --threads 1 --quick", "a quick look at one thread"),
        new("ibke bench --quantized", "see what --weights 8bit gains and loses"),
        new("ibke bench --json > bench.json", "keep the numbers"),
    ];

    /// <inheritdoc/>
    public override string Notes =>
        "Limits are measured in the same run: memory by a streaming read of a block that no cache holds, the core by a loop of multiply-adds\n"
        + "on registers. Decoding is compared with the memory on a model of random weights in a temporary folder (290 MB in bfloat16, 570 MB in\n"
        + "float32; removed afterwards). Medians of repeats. Close other programs: everything else that runs makes the numbers worse.\n"
        + "--quick ends before the .NET runtime has compiled the hot methods in full, so its speeds are lower than those of the full bench.";

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        string folder = ModelOption.Resolve(arguments.GetValue(_model));
        int threads = arguments.GetValue(_threads) ?? Environment.ProcessorCount;
        if (arguments.GetValue(_quantized))
        {
            await RunQuantizedAsync(new QuantizedBench(folder, threads, arguments.GetValue(_quick)), arguments.GetValue(_json), cancellation);
            return ExitCode.Success;
        }

        Bench bench = new(folder, threads, arguments.GetValue(_quick));
        BenchReport report = await ProgressDisplay.RunAsync(
            _terminal, "bench", bench.Steps, progress => Task.Run(() => bench.RunAsync(progress, cancellation), cancellation));
        if (arguments.GetValue(_json))
        {
            _terminal.Out.WriteLine(JsonText.Document(report));
        }
        else
        {
            Print(report.Machine, report.Engine, report.Quick, Rows(report));
        }

        return ExitCode.Success;
    }

    private async Task RunQuantizedAsync(QuantizedBench bench, bool json, CancellationToken cancellation)
    {
        QuantizedBenchReport report = await ProgressDisplay.RunAsync(
            _terminal, "bench", QuantizedBench.Steps, progress => Task.Run(() => bench.RunAsync(progress, cancellation), cancellation));
        if (json)
        {
            _terminal.Out.WriteLine(JsonText.Document(report));
        }
        else
        {
            Print(report.Machine, report.Engine, report.Quick, report.Models.SelectMany(Rows));
        }
    }

    private static IEnumerable<(string Name, string Value, string Against)> Rows(QuantizedModel model)
    {
        WeightSpeed quantized = model.Speeds[^1];
        foreach (WeightSpeed speed in model.Speeds)
        {
            string name = $"{model.Model}, {speed.Weights}, {speed.Bytes / 1e6:0} MB";
            double prefill = quantized.PrefillTokensPerSecond / speed.PrefillTokensPerSecond;
            double decode = quantized.DecodeTokensPerSecond / speed.DecodeTokensPerSecond;
            yield return (
                $"{name}: prefill of {speed.PromptTokens}", $"{speed.PrefillTokensPerSecond:0} tokens/s", speed == quantized ? "" : $"8-bit is {prefill:0.00} ×");
            yield return ($"{name}: decode", $"{speed.DecodeTokensPerSecond:0.0} tokens/s", speed == quantized ? "" : $"8-bit is {decode:0.00} ×");
        }

        QuantizationLoss loss = model.Loss;
        yield return ($"{model.Model}: KL of stored from 8-bit", $"{loss.KlPerToken:0.000000} nats a token", $"{loss.Tokens} tokens");
        yield return ($"{model.Model}: same likeliest token", $"{loss.GreedyAgreement:P2}", $"{loss.Tokens} tokens");
        if (model.Edits is { } edits)
        {
            yield return ($"{model.Model}: edits applied", $"{edits.Quantized} of {edits.Edits}", $"{edits.Stored} of {edits.Edits} on the stored weights");
        }
    }

    private static IEnumerable<(string Name, string Value, string Against)> Rows(BenchReport report)
    {
        foreach (MemoryRead read in report.Memory)
        {
            yield return ($"memory read, {Threads(read.Threads)}", $"{read.BytesPerSecond / 1e9:0.0} GB/s", "");
        }

        MatrixProduct matrix = report.Matrix;
        yield return (
            $"matrix product {matrix.Rows}×{matrix.Size}×{matrix.Size}, 1 thread",
            $"{matrix.FlopsPerSecond / 1e9:0} GFLOP/s",
            $"{matrix.FractionOfPeak:P0} of the core's {matrix.PeakFlopsPerSecond / 1e9:0}");
        GenerationSpeed chat = report.Chat;
        yield return ($"{report.Model}: prefill of {chat.PromptTokens}", $"{chat.PrefillTokensPerSecond:0} tokens/s", "");
        yield return ($"{report.Model}: decode", $"{chat.DecodeTokensPerSecond:0} tokens/s", "");
        ConstrainedSpeed json = report.Constrained;
        yield return (
            $"{report.Model}: decode by a JSON schema",
            $"{json.ConstrainedTokensPerSecond:0} tokens/s",
            $"{json.FreeTokensPerSecond:0} without: {json.ExtraOfStep:+0.0 %;-0.0 %} a token; the first after {Milliseconds(json.FirstTokenSeconds)}");
        foreach (DecodeBandwidth large in report.Large)
        {
            string name = $"{large.WeightBytes / 1e6:0} MB {large.Weights}, {Threads(large.Threads)}";
            yield return ($"{name}: prefill of {DecodeBandwidth.PromptTokens}", $"{large.PrefillTokensPerSecond:0} tokens/s", "");
            yield return (
                $"{name}: decode",
                $"{large.DecodeTokensPerSecond:0.0} tokens/s",
                $"{large.FractionOfRead:P0} of the memory read of {large.ReadBytesPerSecond / 1e9:0.0} GB/s");
        }

        if (report.Edit is { } edit)
        {
            yield return (
                "edit: forward + backward", Milliseconds(edit.ForwardBackwardSeconds),
                $"all weights; {Milliseconds(edit.ActivationPassSeconds)} for the MLP outputs alone");
            yield return (
                "edit: compute", Milliseconds(edit.ComputeSeconds),
                $"{edit.Rounds:0.0} rounds, each {edit.RoundsRatio:0.00} × forward + backward");
            yield return ("edit: judge", Milliseconds(edit.JudgeSeconds), "");
            yield return ("edit: publish", Milliseconds(edit.PublishSeconds), $"{edit.Bytes / 1024:0} KiB an edit");
        }

        if (report.DuringEdits is { } during)
        {
            yield return ("chat alone", $"{during.AloneTokensPerSecond:0} tokens/s", $"99 % of gaps within {Milliseconds(during.AloneGap99Seconds)}");
            yield return (
                $"chat during {during.EditsMade} edits", $"{during.DuringTokensPerSecond:0} tokens/s",
                $"{during.Ratio:P0} of alone; 99 % of gaps within {Milliseconds(during.DuringGap99Seconds)}, longest {Milliseconds(during.DuringGapMaximumSeconds)}");
        }
    }

    private static string Threads(int count) => count == 1 ? "1 thread" : $"{count} threads";

    private static string Milliseconds(double seconds) => $"{seconds * 1e3:0.###} ms";

    private void Print(Machine machine, string engine, bool quick, IEnumerable<(string Name, string Value, string Against)> rows)
    {
        _terminal.Out.WriteLine(
            $"{engine}; {machine.Processors} processors, {machine.InstructionSet}; {machine.Runtime}; {machine.System}{(quick ? "; quick" : "")}");
        Table table = _terminal.CreateTable("what", "measured", "against");
        foreach ((string name, string value, string against) in rows)
        {
            table.AddRow(Markup.Escape(name), Markup.Escape(value), Markup.Escape(against));
        }

        _terminal.Write(table);
        if (quick)
        {
            _terminal.Out.WriteLine("Quick: speeds are lower than in the full bench, because the .NET runtime is still compiling the hot methods.");
        }
    }
}
