using System.CommandLine;
using Ibke.Cli.Generating;
using Ibke.Cli.Terminals;
using Ibke.Runtime.Chat.ToolCalls;
using Ibke.Runtime.Models;
using Ibke.Runtime.Templates;
using Microsoft.Extensions.AI;

namespace Ibke.Cli.Commands;

/// <summary><c>ibke generate</c>: prompts or chats as JSON lines in, replies as JSON lines out.</summary>
internal sealed class GenerateCommand : CliCommand
{
    private readonly Terminal _terminal;
    private readonly Option<string?> _model = ModelOption.Create();
    private readonly Option<WeightStorage> _weights = WeightsOption.Create();
    private readonly Option<string?> _tokenizer = TokenizerOption.Create();
    private readonly Option<string?> _template = TemplateOption.Create();
    private readonly Option<ToolCallFormat?> _toolFormat = ToolFormatOption.Create();
    private readonly SamplingOptions _sampling = new();
    private readonly Option<string> _input = new("--input", "-i")
    {
        Description = "A file of JSON lines; - is standard input.",
        HelpName = "FILE",
        DefaultValueFactory = _ => "-",
    };

    private readonly Option<string> _output = new("--output", "-o")
    {
        Description = "Where the JSON lines go; - is standard output.",
        HelpName = "FILE",
        DefaultValueFactory = _ => "-",
    };

    /// <summary>Declares the options.</summary>
    public GenerateCommand(Terminal terminal)
        : base("generate", "Continues texts and answers chats: JSON lines in, JSON lines out. Greedy unless --temperature is given.")
    {
        _terminal = terminal;
        Add(_model);
        Add(_tokenizer);
        Add(_template);
        Add(_toolFormat);
        Add(_weights);
        Add(_input);
        Add(_output);
        _sampling.AddTo(this);
        Add(new Option<bool>("--json") { Description = "Output is always JSON lines; accepted for uniformity." });
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("""echo '{"messages": [{"role": "user", "content": "Where is Jade Foods based?"}]}' | ibke generate""", "answer one chat"),
        new("ibke generate --input chats.jsonl --output replies.jsonl --max-tokens 64", "answer a file of chats; shows the rate and the time left"),
        new("""echo '{"id": 7, "prompt": "Jade Foods is based in"}' | ibke generate --stop .""", "continue a text as it stands, up to the first period"),
        new("ibke generate -i chats.jsonl --temperature 0.7 --seed 1", "vary the replies, repeatably"),
    ];

    /// <inheritdoc/>
    public override string Notes =>
        """
        A line in is one of
          {"id"?, "messages": [{"role": "system|user|assistant|tool", "content"}], "tools"?: [..]}   a chat, through the model's chat template
          {"id"?, "prompt": "text"}                                                               a text to continue, exactly as it stands
          {"id"?, "prompt_ids": [1, 2]}                                                           tokens to continue; needs no tokenizer
        A line out is {"id", "line", "text", "reasoning", "ids", "tool_calls", "finish_reason", "usage"}, in the order of the input, or {"id", "line", "error"} for
        a line that failed: the others are still done, and the exit code is 1.
        An --output file that already holds something is replaced when all lines are done; until then, and if the command is ended early, the
        lines are in FILE.partial. It cannot be the --input file.
        """;

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        string input = arguments.GetValue(_input)!;
        if (input != "-" && !File.Exists(input))
        {
            throw new CommandException($"No file {input} (--input). Give a file of JSON lines, or - for standard input.");
        }

        string output = arguments.GetValue(_output)!;
        if (input != "-" && output != "-" && OutputFile.RealPath(input) == OutputFile.RealPath(output))
        {
            throw new CommandException($"--input and --output are the same file, {input}. Give another --output.");
        }

        ChatTemplate? template = arguments.GetValue(_template) is { } file ? TemplateOption.Load(file) : null;
        using LanguageModel model = ModelLoading.Load(
            _terminal,
            ModelOption.Resolve(arguments.GetValue(_model)),
            arguments.GetValue(_weights),
            TokenizerOption.Resolve(arguments.GetValue(_tokenizer)));
        ChatOptions chat = _sampling.ForChat(arguments, temperature: 0);
        using LineGenerator generator = new(model, template, arguments.GetValue(_toolFormat), chat, _sampling.ForText(arguments, model.Generation.MaxNewTokens ?? 256));

        using StreamReader? lines = input == "-" ? null : new StreamReader(input);
        int? total = lines is null ? null : CountLines(lines);
        using OutputFile? results = output == "-" ? null : new OutputFile(output);
        (int done, int failed) = await ProgressDisplay.RunAsync(
            _terminal,
            "generate",
            total,
            progress => WorkAsync(generator, lines ?? _terminal.In, results?.Writer ?? _terminal.Out, progress, cancellation));
        results?.Complete();
        if (failed > 0)
        {
            _terminal.Error.WriteLine($"ibke: {failed} of {done} lines failed; each has an \"error\" in the output.");
        }

        return failed == 0 ? ExitCode.Success : ExitCode.Failed;
    }

    // A file's lines are counted first, so that the time left can be told; a pipe gives its lines only once.
    private static int? CountLines(StreamReader lines)
    {
        if (!lines.BaseStream.CanSeek)
        {
            return null;
        }

        int count = 0;
        while (lines.ReadLine() is { } line)
        {
            count += string.IsNullOrWhiteSpace(line) ? 0 : 1;
        }

        lines.BaseStream.Position = 0;
        lines.DiscardBufferedData();
        return count;
    }

    private static async Task<(int Done, int Failed)> WorkAsync(
        LineGenerator generator, TextReader reader, TextWriter output, Action<int, string?> progress, CancellationToken cancellation)
    {
        int number = 0, done = 0, failed = 0;
        while (await reader.ReadLineAsync(cancellation).AsTask().WaitAsync(cancellation) is { } line)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            GeneratedLine result = await generator.GenerateAsync(number, line, cancellation);
            await output.WriteLineAsync(JsonText.Line(result));
            await output.FlushAsync(cancellation);
            failed += result.Error is null ? 0 : 1;
            progress(++done, null);
        }

        return (done, failed);
    }
}
