using System.Text;
using Ibke.Cli.Terminals;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.AnswerChecks;
using Ibke.Runtime.Models;
using Microsoft.Extensions.AI;

namespace Ibke.Cli.Chatting;

/// <summary>One conversation at a terminal or over a pipe.</summary>
internal sealed class ChatSession
{
    /// <summary>What can be typed besides messages.</summary>
    public const string Help =
        """
          /edit QUESTION = ANSWER   correct a fact
          /verify QUESTION          what the model says by itself, and which edit says so
          /list                     the edits made
          /undo [ID]                take back an edit, the last one if no id is given
          /new                      begin a new conversation; edits stay
          /help                     this list
          /quit                     end
        """;

    private readonly Terminal _terminal;
    private readonly LanguageModel _model;
    private readonly ChatOptions _options;
    private readonly string? _system;
    private readonly bool _json;
    private readonly IChatClient _client;
    private readonly Func<IEditDesk> _edits;
    private readonly List<ChatMessage> _messages = [];
    private SlashCommands? _commands;

    /// <summary>Begins a conversation.</summary>
    /// <param name="terminal">Where it is held.</param>
    /// <param name="model">Answers.</param>
    /// <param name="client">Answers as the model.</param>
    /// <param name="edits">Gives the place for edits when the first is made: an editor that does not fit must not keep anybody from chatting.</param>
    /// <param name="options">How it answers.</param>
    /// <param name="system">A first message; null for none.</param>
    /// <param name="json">Whether each reply is a line of JSON.</param>
    public ChatSession(Terminal terminal, LanguageModel model, IChatClient client, Func<IEditDesk> edits, ChatOptions options, string? system, bool json)
    {
        _terminal = terminal;
        _model = model;
        _options = options;
        _system = system;
        _json = json;
        _client = client;
        _edits = edits;
        Clear();
    }

    private bool ForPeople => _terminal.InputIsTerminal && _terminal.OutputIsTerminal && !_json;

    private SlashCommands Commands => _commands ??= new SlashCommands(_edits());

    /// <summary>Makes edits before the first message.</summary>
    /// <exception cref="CommandException">One was rejected.</exception>
    public async Task ApplyAsync(IReadOnlyList<EditRequest> edits, CancellationToken cancellation)
    {
        if (edits.Count > 0)
        {
            await ProgressDisplay.RunAsync(_terminal, "edit", edits.Count, async progress =>
            {
                for (int i = 0; i < edits.Count; i++)
                {
                    await Commands.EditAsync(edits[i], cancellation);
                    progress(i + 1, null);
                }

                return 0;
            });
        }
    }

    /// <summary>Answers lines until the input or the user ends it.</summary>
    /// <returns>One of <see cref="ExitCode"/>: failed if a line could not be done.</returns>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        if (ForPeople)
        {
            _terminal.Out.WriteLine($"{_model.Id}, {_model.Engine.Description}. /help shows the commands.");
        }

        int code = ExitCode.Success;
        while (await ReadAsync(cancellation) is { } line && line is not "/quit" and not "/exit")
        {
            try
            {
                await AnswerAsync(line, cancellation);
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested && e is not ObjectDisposedException)
            {
                Report(e);
                code = ExitCode.Failed;
            }
        }

        return code;
    }

    private async Task<string?> ReadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (ForPeople)
            {
                _terminal.Out.Write("> ");
            }

            // Reading a terminal cannot be cancelled; the wait for it can.
            string? line = await Task.Run(_terminal.In.ReadLine, cancellation).WaitAsync(cancellation);
            if (line is null || !string.IsNullOrWhiteSpace(line))
            {
                return line?.Trim();
            }
        }
    }

    private async Task AnswerAsync(string line, CancellationToken cancellation)
    {
        switch (line)
        {
            case "/help":
                _terminal.Out.WriteLine(Help);
                break;
            case "/new":
                Clear();
                break;
            case ['/', ..]:
                object result = await Commands.RunAsync(line, cancellation);
                _terminal.Out.WriteLine(_json ? JsonText.Line(result) : result.ToString());
                break;
            default:
                await ReplyAsync(line, cancellation);
                break;
        }
    }

    private async Task ReplyAsync(string line, CancellationToken cancellation)
    {
        List<ChatMessage> asked = [.. _messages, new ChatMessage(ChatRole.User, line)];
        List<ChatResponseUpdate> updates = [];
        using (ReplyPrinter? printer = _json ? null : new ReplyPrinter(_terminal.Out, showThoughts: ForPeople))
        {
            await foreach (ChatResponseUpdate update in _client.GetStreamingResponseAsync(asked, _options, cancellation))
            {
                updates.Add(update);
                printer?.Write(update);
            }
        }

        ChatResponse response = updates.ToChatResponse();
        _terminal.Out.WriteLine(_json ? JsonText.Line(Describe(response)) : Calls(response));
        if (!_json && Stale(response) is { } stale)
        {
            _terminal.Error.WriteLine($"ibke: {stale.Current.Source} says {stale.Current.Answer}{(stale.Current.AsOf is { } day ? $" (as of {day:yyyy-MM-dd})" : "")}.");
        }

        // Only a finished reply becomes part of the conversation.
        _messages.Clear();
        _messages.AddRange(asked);
        _messages.AddRange(response.Messages);
    }

    private static object Describe(ChatResponse response) => new
    {
        response.Text,
        Reasoning = Thoughts.Of(response),
        FinishReason = response.FinishReason?.Value,
        Stale = Stale(response) is { } stale ? new { stale.Current.Answer, stale.Current.Source, stale.Current.AsOf } : null,
        PromptTokens = response.Usage?.InputTokenCount,
        CompletionTokens = response.Usage?.OutputTokenCount,
    };

    private static StaleAnswer? Stale(ChatResponse response) =>
        response.AdditionalProperties?.GetValueOrDefault(AnswerCheckChatClient.StaleAnswerKey) as StaleAnswer;

    // No functions are offered in this chat; a model that calls one all the same is shown to do so.
    private static string Calls(ChatResponse response)
    {
        StringBuilder text = new();
        foreach (FunctionCallContent call in response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>())
        {
            text.Append($"[calls {call.Name}({string.Join(", ", call.Arguments?.Select(pair => $"{pair.Key}: {pair.Value}") ?? [])})]");
        }

        return text.ToString();
    }

    private void Clear()
    {
        _messages.Clear();
        if (!string.IsNullOrEmpty(_system))
        {
            _messages.Add(new ChatMessage(ChatRole.System, _system));
        }
    }

    private void Report(Exception error)
    {
        if (_json)
        {
            _terminal.Out.WriteLine(JsonText.Line(new { Error = error.Message }));
        }
        else
        {
            _terminal.Error.WriteLine($"ibke: {error.Message.ReplaceLineEndings(" ")}");
        }
    }
}
