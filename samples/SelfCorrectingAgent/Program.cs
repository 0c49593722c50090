using System.Diagnostics;
using System.Globalization;
using Ibke.Runtime.Chat;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Functions;
using Ibke.Runtime.Knowledge.Journals;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Service;
using Ibke.Runtime.Knowledge.Sources;
using Ibke.Runtime.Models;
using Ibke.Samples.SelfCorrectingAgent;
using Microsoft.Extensions.Caching.Memory;
using Spectre.Console;

const string Instructions = "You keep a knowledge base up to date. Check facts and correct them when they are stale.";

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
using CancellationTokenSource stop = new();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

try
{
    if (AgentOptions.Parse(args) is not { } options)
    {
        Console.WriteLine(AgentOptions.Help);
        return 0;
    }

    return await RunAsync(options, stop.Token);
}
catch (OperationCanceledException)
{
    return 130;
}
catch (Exception error) when (error is ArgumentException or CheckpointException or FactSourceException or EditorMismatchException
    or InvalidOperationException or IOException or JournalException)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}

static async Task<int> RunAsync(AgentOptions options, CancellationToken cancellationToken)
{
    long start = Stopwatch.GetTimestamp();
    using LanguageModel model = LanguageModel.Load(options.ModelFolder);
    KnowledgeEditor editor = KnowledgeEditor.Load(model);
    FileFactSource directory = OpenDirectory(options.DirectoryFile, editor.Card);

    using MemoryCache cache = new(new MemoryCacheOptions());
    CachedFactSource facts = new(directory, cache, lifetime: TimeSpan.FromMinutes(1));
    // The model may ask for any edit, and so may whoever talks to it, but only what the directory says is made. Whoever sits here may take edits back.
    await using KnowledgeService knowledge = await KnowledgeService.OpenAsync(
        editor,
        await OpenJournalAsync(options.JournalFile, KnowledgeService.IdentityOf(editor), cancellationToken),
        new KnowledgeServiceOptions
        {
            Sources = [facts],
            Policy = new KnowledgePolicy { Evidence = EvidenceRule.Everyone, EvidenceForReverts = EvidenceRule.Nobody },
        },
        cancellationToken);
    KnowledgeFunctions functions = new(knowledge, Caller.Model("agent"));
    using LocalChatClient bare = new(model);
    using IAgentHost host = CreateHost(model, bare, functions);

    AnsiConsole.Console = Transcript.CreateConsole();
    AnsiConsole.MarkupLine($"[bold]Self-correcting agent[/] on {Markup.Escape(host.Description)}");
    AnsiConsole.MarkupLine(
        $"[grey]model {model.Id}, {model.Engine.Description}; directory {Markup.Escape(directory.Name)}; "
        + $"ready after {Stopwatch.GetElapsedTime(start).TotalSeconds:0.00} s[/]");
    if (options.Interactive)
    {
        return await InteractiveChat.RunAsync(host.Begin(), directory.Questions().FirstOrDefault("Hello"), cancellationToken);
    }

    Transcript transcript = new(AnsiConsole.Console);
    Cast cast = await Casting.ChooseAsync(editor, directory, cancellationToken);
    LocalityPanel panel = LocalityPanel.Choose(bare, editor.Card, directory, cast, options.Seed);
    Scenario scenario = new(host, knowledge, panel, cast, transcript);
    await scenario.RunAsync(cancellationToken);
    transcript.Summary([.. scenario.Timings, ("in all", Stopwatch.GetElapsedTime(start))]);
    return transcript.Succeeded ? 0 : 1;
}

static FileFactSource OpenDirectory(string path, ModelCard card) =>
    Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase) ? new JsonFactSource(path, card) : new CsvFactSource(path, card);

static Task<SqliteJournal> OpenJournalAsync(string? file, JournalIdentity identity, CancellationToken cancellationToken) =>
    file is null ? SqliteJournal.InMemoryAsync(identity) : SqliteJournal.OpenAsync(file, identity, cancellationToken);

static IAgentHost CreateHost(LanguageModel model, LocalChatClient client, KnowledgeFunctions functions) =>
#if SEMANTIC_KERNEL
    new SemanticKernelHost(model, functions, Instructions);
#else
    new RuntimeHost(client, functions.CreateFunctions("KnowledgeEdit"), Instructions);
#endif
