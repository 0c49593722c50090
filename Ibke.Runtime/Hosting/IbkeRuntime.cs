using Ibke.Runtime.Chat;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.AnswerChecks;
using Ibke.Runtime.Knowledge.Journals;
using Ibke.Runtime.Knowledge.Service;
using Ibke.Runtime.Knowledge.Sources;
using Ibke.Runtime.Models;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Ibke.Runtime.Hosting;

/// <summary>The model of a host and the service of its knowledge: loaded in the background, there once <see cref="Ready"/> is.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class IbkeRuntime : IAsyncDisposable
{
    private readonly TaskCompletionSource<Loaded> _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IbkeOptions _options;
    private readonly IReadOnlyList<IFactSource> _sources;
    private readonly ILogger<IbkeRuntime> _logger;
    private readonly HttpClient _client = new();

    /// <summary>Takes over what the container has.</summary>
    /// <param name="options">What is served.</param>
    /// <param name="sources">Those that are registered as services.</param>
    /// <param name="logger">Told of what happens.</param>
    public IbkeRuntime(IOptions<IbkeOptions> options, IEnumerable<IFactSource> sources, ILogger<IbkeRuntime> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _sources, _logger) = (options.Value, [.. sources], logger);
    }

    /// <summary>Ends when everything is loaded, or fails with what stood in the way.</summary>
    public Task Ready => _loaded.Task;

    /// <summary>Whether everything is loaded.</summary>
    public bool IsReady => _loaded.Task.IsCompletedSuccessfully;

    /// <summary>The model, once it is loaded.</summary>
    public async Task<LanguageModel> ModelAsync(CancellationToken cancellationToken = default) =>
        (await _loaded.Task.WaitAsync(cancellationToken).ConfigureAwait(false)).Model;

    /// <summary>Answers as the model, once it is loaded.</summary>
    public async Task<IChatClient> ChatAsync(CancellationToken cancellationToken = default) =>
        (await _loaded.Task.WaitAsync(cancellationToken).ConfigureAwait(false)).Chat;

    /// <summary>The service of its knowledge, once it is loaded.</summary>
    public async Task<KnowledgeService> KnowledgeAsync(CancellationToken cancellationToken = default) =>
        (await _loaded.Task.WaitAsync(cancellationToken).ConfigureAwait(false)).Knowledge;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_loaded.Task.IsCompletedSuccessfully)
        {
            Loaded loaded = await _loaded.Task.ConfigureAwait(false);
            loaded.Chat.Dispose();
            await loaded.Knowledge.DisposeAsync().ConfigureAwait(false);
            loaded.Model.Dispose();
        }
    }

    /// <summary>Loads everything.</summary>
    internal async Task LoadAsync(CancellationToken cancellationToken)
    {
        try
        {
            _loaded.SetResult(await Task.Run(() => OpenAsync(cancellationToken), cancellationToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _loaded.TrySetCanceled(cancellationToken);
        }
        catch (Exception error)
        {
            HostingLog.LoadingFailed(_logger, error, _options.Model);
            _loaded.TrySetException(error);
            throw;
        }
    }

    private async Task<Loaded> OpenAsync(CancellationToken cancellationToken)
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        LanguageModel model = LanguageModel.Load(_options.Model, new LanguageModelOptions { Weights = _options.Weights });
        try
        {
            KnowledgeEditor editor = KnowledgeEditor.Load(model, _options.Editor, _options.Editing);
            EditJournal journal = await OpenJournalAsync(KnowledgeService.IdentityOf(editor), cancellationToken).ConfigureAwait(false);
            IFactSource[] sources = [.. _sources, .. _options.Sources.Select(source => FactSources.Open(source.Place, editor.Card, _client, source.Class))];
            KnowledgeService knowledge = await KnowledgeService.OpenAsync(
                editor,
                journal,
                new KnowledgeServiceOptions
                {
                    Policy = _options.Policy,
                    Sources = sources,
                    Probation = _options.Probation,
                    UpkeepInterval = _options.UpkeepInterval,
                    ReadUpTo = _options.Journal.ReadUpTo,
                    Logger = _logger,
                },
                cancellationToken).ConfigureAwait(false);
            IChatClient chat = Checked(new TelemetryChatClient(new LocalChatClient(model, _options.Chat)), sources, knowledge);
            HostingLog.Loaded(_logger, model.Id, model.Engine.Description, System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds);
            return new Loaded(model, chat, knowledge);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private IChatClient Checked(IChatClient chat, IReadOnlyList<IFactSource> sources, KnowledgeService knowledge) =>
        _options.AnswerChecks == IbkeAnswerChecks.Off || sources.Count == 0 ? chat : new AnswerCheckChatClient(
            chat,
            new CompositeFactSource([.. sources.Select(source => new[] { source })]),
            new AnswerCheckOptions
            {
                Knowledge = _options.AnswerChecks == IbkeAnswerChecks.Report ? null : knowledge, Correct = _options.AnswerChecks == IbkeAnswerChecks.Correct, Logger = _logger,
            });

    private async Task<EditJournal> OpenJournalAsync(JournalIdentity identity, CancellationToken cancellationToken)
    {
        string beside = Path.TrimEndingDirectorySeparator(Path.GetFullPath(_options.Model)) + ".edits.db";
        return _options.Journal.Postgres is { } database
            ? await PostgresJournal.OpenAsync(database, identity, _options.Journal.Schema, cancellationToken).ConfigureAwait(false)
            : await SqliteJournal.OpenAsync(_options.Journal.File ?? beside, identity, cancellationToken).ConfigureAwait(false);
    }

    private sealed record Loaded(LanguageModel Model, IChatClient Chat, KnowledgeService Knowledge);
}
