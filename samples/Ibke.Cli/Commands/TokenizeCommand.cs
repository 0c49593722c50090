using System.CommandLine;
using Ibke.Cli.Terminals;
using Ibke.Cli.Tokenizing;
using Ibke.Runtime.Tokenization;
using Spectre.Console;

namespace Ibke.Cli.Commands;

/// <summary><c>ibke tokenize</c>: the tokens of a text, or the text of tokens.</summary>
internal sealed class TokenizeCommand : CliCommand
{
    private readonly Terminal _terminal;
    private readonly Option<string?> _model = ModelOption.Create();
    private readonly Option<string?> _tokenizer = TokenizerOption.Create();
    private readonly Argument<string?> _text = new("TEXT")
    {
        Description = "The text, or with --ids the tokens. Default: standard input.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string> _input = new("--input", "-i")
    {
        Description = "A file that is read instead, as it stands; - is standard input.",
        HelpName = "FILE",
        DefaultValueFactory = _ => "-",
    };

    private readonly Option<bool> _ids = new("--ids") { Description = "Read token ids and print their text." };
    private readonly Option<bool> _special = new("--special-tokens")
    {
        Description = "Add the tokens that the tokenizer puts around every text; with --ids: print special tokens instead of leaving them out.",
    };

    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON document." };

    /// <summary>Declares the options.</summary>
    public TokenizeCommand(Terminal terminal)
        : base("tokenize", "Shows the tokens of a text: ids, tokens, and where each is in the text. With --ids the way back.")
    {
        _terminal = terminal;
        Add(_text);
        foreach (Option option in new Option[] { _model, _tokenizer, _input, _ids, _special, _json })
        {
            Add(option);
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("""ibke tokenize "Where is Jade Foods based?" """.TrimEnd(), "a table of the tokens"),
        new("ibke tokenize --model downloads/some-model -i letter.txt --json", "the tokens of a file, for programs"),
        new("""ibke tokenize --ids "1 2" --special-tokens""", "the text of tokens"),
    ];

    /// <inheritdoc/>
    public override string Notes =>
        """
        Only the tokenizer is read: a folder that holds nothing but tokenizer.json will do. Ids are numbers with spaces or commas between, or a
        JSON list. Tokens are shown as the file writes them: in byte-level vocabularies Ġ is a space.
        Places count Unicode characters (code points) of the text, from 0; the end is not included.
        """;

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        string folder = TokenizerOption.Resolve(arguments.GetValue(_tokenizer)) ?? ModelOption.Resolve(arguments.GetValue(_model));
        Tokenizer tokenizer = TokenizerOption.Load(folder);
        string text = arguments.GetValue(_text) ?? await TextInput.ReadAsync(_terminal, arguments.GetValue(_input)!, "--input", cancellation);
        bool special = arguments.GetValue(_special);
        TokenizedText result = arguments.GetValue(_ids)
            ? TokenizedText.Decode(tokenizer, TokenIds.Read(text), special)
            : TokenizedText.Encode(tokenizer, text, special);
        if (arguments.GetValue(_json))
        {
            _terminal.Out.WriteLine(JsonText.Line(result));
        }
        else if (arguments.GetValue(_ids))
        {
            _terminal.Out.WriteLine(result.Text);
        }
        else
        {
            Print(result);
        }

        return ExitCode.Success;
    }

    private void Print(TokenizedText result)
    {
        Table table = _terminal.CreateTable("id", "token", "from", "to");
        for (int i = 0; i < result.Ids.Count; i++)
        {
            table.AddRow($"{result.Ids[i]}", Markup.Escape(result.Tokens[i].ReplaceLineEndings("⏎")), $"{result.Offsets![i][0]}", $"{result.Offsets[i][1]}");
        }

        _terminal.Write(table);
        _terminal.Out.WriteLine($"{result.Ids.Count} tokens");
    }
}
