using Ibke.Runtime.Editing;
using Ibke.Runtime.Hosting;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Service;
using Ibke.Runtime.Knowledge.Sources;
using Ibke.Runtime.Knowledge.Sweeps;
using Ibke.Samples.ChatBackend.Errors;
using Ibke.Samples.ChatBackend.Security;
using Microsoft.Extensions.Options;

namespace Ibke.Samples.ChatBackend.Knowledge;

/// <summary>The knowledge service in the name of those who call. Thread-safe.</summary>
internal sealed class KnowledgeDesk(IbkeRuntime runtime, IOptions<IbkeOptions> options) : IDisposable
{
    private const int LongestReason = 500;

    private readonly HttpClient _client = new();

    // A journal in a file knows no other process, and so not whether this one sweeps.
    private readonly SemaphoreSlim _sweeping = new(1, 1);

    /// <summary>The service, once it is loaded.</summary>
    public Task<KnowledgeService> ServiceAsync(CancellationToken cancellationToken) => runtime.KnowledgeAsync(cancellationToken);

    /// <summary>Proposes an edit.</summary>
    public async Task<ProposalResult> ProposeAsync(ProposalBody body, Identity by, CancellationToken cancellationToken)
    {
        FactProposal proposal = new()
        {
            Request = new EditRequest { Prompt = body.Question, Answer = body.Answer, Subject = string.IsNullOrWhiteSpace(body.Subject) ? null : body.Subject.Trim() },
            Reason = body.Reason,
            ValidUntil = body.ValidUntil,
        };
        return await (await ServiceAsync(cancellationToken)).ProposeAsync(proposal, by.Person, cancellationToken);
    }

    /// <summary>
    /// Approves a proposal. Whoever has a key does not approve what the model proposed in a conversation of the same key; the local user, who is
    /// alone, may.
    /// </summary>
    public async Task<ProposalResult> ApproveAsync(string id, Identity by, CancellationToken cancellationToken)
    {
        KnowledgeService service = await ServiceAsync(cancellationToken);
        await service.SyncAsync(cancellationToken);
        return service.State.Proposal(id) switch
        {
            null => new ProposalResult(ProposalStatus.NotFound, id, "", "no proposal has that id, or it was decided already", 0, null),
            { By.Kind: CallerKind.Model } own when own.By.Name == by.Name && !by.IsLocal =>
                new ProposalResult(ProposalStatus.Refused, id, "approval", "nobody approves what was proposed in their own conversation", own.Approvers, null),
            _ => await service.ApproveAsync(id, by.Person, cancellationToken),
        };
    }

    /// <summary>Turns a proposal down.</summary>
    public async Task<ProposalResult> DeclineAsync(string id, ReasonBody body, Identity by, CancellationToken cancellationToken) =>
        await (await ServiceAsync(cancellationToken)).DeclineAsync(id, by.Person, Checked(body), cancellationToken);

    /// <summary>Takes an edit back.</summary>
    public async Task<ProposalResult> RevertAsync(string id, ReasonBody body, Identity by, CancellationToken cancellationToken) =>
        await (await ServiceAsync(cancellationToken)).RevertAsync(id, by.Person, Checked(body), cancellationToken);

    /// <summary>Puts all edits out of force.</summary>
    public async Task<ProposalResult> SuspendAsync(ReasonBody body, Identity by, CancellationToken cancellationToken) =>
        await (await ServiceAsync(cancellationToken)).SuspendAsync(by.Person, Checked(body), cancellationToken);

    /// <summary>Puts all edits in force again.</summary>
    public async Task<ProposalResult> ResumeAsync(ReasonBody body, Identity by, CancellationToken cancellationToken) =>
        await (await ServiceAsync(cancellationToken)).ResumeAsync(by.Person, Checked(body), cancellationToken);

    /// <summary>Compares everything that the sources know with what the model says.</summary>
    /// <exception cref="ApiException">There is no source, or a sweep goes on already.</exception>
    public async Task<SweepReport> SweepAsync(bool propose, Identity by, CancellationToken cancellationToken)
    {
        KnowledgeService service = await ServiceAsync(cancellationToken);
        IFactCatalog[] catalogs = [.. options.Value.Sources.Select(source => FactSources.Open(source.Place, service.Editor.Card, _client, source.Class))];
        if (catalogs.Length == 0)
        {
            throw ApiException.Invalid("No source of facts is configured (Ibke:Sources).", code: "no_source");
        }

        if (!_sweeping.Wait(0, cancellationToken))
        {
            throw SweepGoesOn();
        }

        try
        {
            CompositeFactSource catalog = new([.. catalogs.Select(catalog => (IReadOnlyList<IFactSource>)[catalog])]);
            StalenessSweep sweep = new(service, catalog, new SweepOptions { Propose = propose });
            return await sweep.RunAsync(by.Person, cancellationToken: cancellationToken) ?? throw SweepGoesOn();
        }
        finally
        {
            _sweeping.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        _sweeping.Dispose();
    }

    private static ApiException SweepGoesOn() =>
        new(StatusCodes.Status409Conflict, "invalid_request_error", "A sweep goes on already.", null, "sweep_running");

    private static string? Checked(ReasonBody body) => body.Reason is { } reason && (reason.Length > LongestReason || reason.Any(char.IsControl))
        ? throw ApiException.Invalid($"The reason must be of at most {LongestReason} characters without control characters.", "reason")
        : body.Reason;
}
