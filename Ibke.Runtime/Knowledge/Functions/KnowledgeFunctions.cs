using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Generation;
using Ibke.Runtime.Knowledge.Journals;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Service;
using Ibke.Runtime.Knowledge.Sources;
using Ibke.Runtime.Knowledge.Sweeps;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ibke.Runtime.Knowledge.Functions;

/// <summary>
/// What a model may do about its own knowledge, as functions it can call: check a fact, correct it, take a correction back, list them. The service's
/// policy decides what becomes of a call.
/// </summary>
/// <remarks>
/// Thread-safe. A normal answer is never an exception: what was refused, failed, is not known or is so already is a result with a
/// <c>status</c>. Exceptions mean cancellation or a fault of the program.
/// </remarks>
public sealed class KnowledgeFunctions
{
    // Hosts may show a model the raw text of a result.
    private static readonly JsonSerializerOptions _compact = new(AIJsonUtilities.DefaultOptions) { WriteIndented = false };

    // In whose name the present call is made, where that is not known when the functions are made.
    private static readonly AsyncLocal<Caller?> _acting = new();

    private readonly KnowledgeService _service;
    private readonly Caller _caller;
    private readonly ILogger _logger;

    /// <summary>Puts functions before a service.</summary>
    /// <param name="service">Authorises, makes and records edits; its sources say what is true at present.</param>
    /// <param name="caller">In whose name the functions are called; made by the host. Usually <see cref="Caller.Model"/> with the conversation's id.</param>
    /// <param name="logger">Told of calls that failed; null: nobody.</param>
    public KnowledgeFunctions(KnowledgeService service, Caller caller, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(caller);
        (_service, _caller, _logger) = (service, caller, logger ?? NullLogger.Instance);
    }

    private Caller Acting => _acting.Value ?? _caller;

    /// <summary>The functions <c>verify_fact</c>, <c>edit_fact</c>, <c>revert_edit</c> and <c>list_edits</c>, and others that are asked for, in this order.</summary>
    /// <param name="prefix">Set before each name, with an underscore between; null for none.</param>
    /// <param name="set">Which functions.</param>
    public IReadOnlyList<AIFunction> CreateFunctions(string? prefix = null, KnowledgeFunctionSet set = KnowledgeFunctionSet.Usual)
    {
        string start = string.IsNullOrEmpty(prefix) ? "" : prefix + "_";
        return
        [
            Create(VerifyFactAsync, start + "verify_fact"),
            Create(EditFactAsync, start + "edit_fact"),
            Create(RevertEditAsync, start + "revert_edit"),
            Create(ListEdits, start + "list_edits"),
            .. set == KnowledgeFunctionSet.Usual ? Array.Empty<AIFunction>() :
            [
                Create(ApproveEditAsync, start + "approve_edit"),
                Create(ListProposals, start + "list_proposals"),
                Create(FindStaleFactsAsync, start + "find_stale_facts"),
            ],
        ];
    }

    /// <summary>Has the calls of this flow of control made in somebody else's name, until the result is disposed of. For hosts whose functions serve many.</summary>
    /// <param name="caller">Made by the host.</param>
    internal static IDisposable ActAs(Caller caller)
    {
        Caller? before = _acting.Value;
        _acting.Value = caller;
        return new Acted(before);
    }

    /// <summary>Compares the model's own free answer with the sources'.</summary>
    /// <returns>
    /// <c>{"status":"current","answer"}</c>, <c>{"status":"stale","answer","current"}</c> with the model's and the source's answer,
    /// <c>{"status":"unknown"}</c> where no source knows, <c>{"status":"failed","reason"}</c>.
    /// </returns>
    [Description("Checks whether a fact is still current.")]
    public async Task<JsonObject> VerifyFactAsync(
        [Description("The question that asks for the fact.")] string question, CancellationToken cancellationToken = default)
    {
        if (string.IsNullOrWhiteSpace(question))
        {
            return Failed("the question is empty");
        }

        try
        {
            IReadOnlyList<Evidence> evidence = await _service.Sources.AskAsync(new EditRequest { Prompt = question, Answer = "" }, cancellationToken).ConfigureAwait(false);
            if (evidence.Count == 0)
            {
                return Status("unknown");
            }

            string present = evidence[0].Fact.Answer;
            if (evidence.Any(said => !FactText.SameAnswer(said.Fact.Answer, present)))
            {
                return Failed("the sources disagree");
            }

            VerifyResult own = await _service.VerifyAsync(question, cancellationToken).ConfigureAwait(false);
            bool current = FactText.SameAnswer(own.Answer, present);
            JsonObject result = Status(current ? "current" : "stale", "answer", own.Answer);
            if (!current)
            {
                result["current"] = present;
            }

            return result;
        }
        catch (Exception error) when (ShortReason(error) is not null)
        {
            return Failed(error, question);
        }
    }

    /// <summary>Corrects a fact, if the policy allows it and the edit passes the editor's checks.</summary>
    /// <returns>
    /// <c>{"status":"applied","edit_id"}</c>, <c>{"status":"waiting","edit_id"}</c> where somebody has to approve it first,
    /// <c>{"status":"current","answer"}</c> where the model says so already, <c>{"status":"refused","reason"}</c>, <c>{"status":"failed","reason"}</c>.
    /// </returns>
    [Description("Corrects a fact in the model.")]
    public async Task<JsonObject> EditFactAsync(
        [Description("The question that asks for the fact.")] string question,
        [Description("The new answer.")] string answer,
        [Description("Who or what the fact is about, as in the question.")] string? subject = null,
        CancellationToken cancellationToken = default)
    {
        if (string.IsNullOrWhiteSpace(question) || string.IsNullOrWhiteSpace(answer))
        {
            return Failed(string.IsNullOrWhiteSpace(question) ? "the question is empty" : "the answer is empty");
        }

        EditRequest request = new() { Prompt = question, Answer = answer, Subject = string.IsNullOrWhiteSpace(subject) ? null : subject.Trim() };
        try
        {
            return Describe(await _service.ProposeAsync(new FactProposal { Request = request }, Acting, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception error) when (ShortReason(error) is not null)
        {
            return Failed(error, question);
        }
    }

    /// <summary>Takes an edit back, if the policy allows it.</summary>
    /// <returns>
    /// <c>{"status":"reverted","edit_id"}</c>, <c>{"status":"not_found"}</c>, <c>{"status":"refused","reason"}</c>, <c>{"status":"failed","reason"}</c>.
    /// </returns>
    [Description("Undoes an edit.")]
    public async Task<JsonObject> RevertEditAsync(
        [Description("The id of the edit.")] string edit_id, CancellationToken cancellationToken = default)
    {
        try
        {
            ProposalResult result = await _service.RevertAsync(edit_id ?? "", Acting, cancellationToken: cancellationToken).ConfigureAwait(false);
            return result.Status switch
            {
                ProposalStatus.Applied => Status("reverted", "edit_id", result.Id),
                ProposalStatus.NotFound => Status("not_found"),
                _ => Refused(result.Reason ?? "not allowed by policy"),
            };
        }
        catch (Exception error) when (ShortReason(error) is not null)
        {
            return Failed(error, edit_id ?? "");
        }
    }

    /// <summary>The edits in force.</summary>
    /// <returns><c>{"edits":[{"edit_id","question","answer"}]}</c>.</returns>
    [Description("Lists the edits in force.")]
    public JsonObject ListEdits() => new()
    {
        ["edits"] = new JsonArray([.. _service.Editor.List().Where(record => record.InForce && !_service.State.Suspended).Select(record => new JsonObject
        {
            ["edit_id"] = record.Id,
            ["question"] = record.Request.Prompt,
            ["answer"] = record.Request.Answer,
        })]),
    };

    /// <summary>Approves a proposal of somebody else, if the caller may.</summary>
    /// <returns>As <see cref="EditFactAsync"/>, or <c>{"status":"not_found"}</c>.</returns>
    [Description("Approves a proposed edit.")]
    public async Task<JsonObject> ApproveEditAsync(
        [Description("The id of the proposal.")] string edit_id, CancellationToken cancellationToken = default)
    {
        try
        {
            return Describe(await _service.ApproveAsync(edit_id ?? "", Acting, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception error) when (ShortReason(error) is not null)
        {
            return Failed(error, edit_id ?? "");
        }
    }

    /// <summary>The proposals that wait for approval.</summary>
    /// <returns><c>{"proposals":[{"edit_id","question","answer","missing"}]}</c>; <c>missing</c> is the number of approvals.</returns>
    [Description("Lists the edits that wait for approval.")]
    public JsonObject ListProposals() => new()
    {
        ["proposals"] = new JsonArray([.. _service.State.Pending.Select(proposal => new JsonObject
        {
            ["edit_id"] = proposal.Id,
            ["question"] = proposal.Request.Prompt,
            ["answer"] = proposal.Request.Answer,
            ["missing"] = proposal.Approvers - proposal.ApprovedBy.Count,
        })]),
    };

    /// <summary>Compares what the model says with everything its sources can list.</summary>
    /// <returns>
    /// <c>{"facts","stale":[{"question","answer","current"}]}</c>, of the stale ones at most so many as asked for; <c>{"status":"unknown"}</c> where no source
    /// can list its facts; <c>{"status":"failed","reason"}</c>.
    /// </returns>
    [Description("Finds facts that the model has wrong.")]
    public async Task<JsonObject> FindStaleFactsAsync(
        [Description("The most facts to name.")] int limit = 10, CancellationToken cancellationToken = default)
    {
        try
        {
            IFactCatalog[] catalogs = [.. _service.Sources.Catalogs];
            if (catalogs.Length == 0)
            {
                return Status("unknown");
            }

            StalenessSweep sweep = new(_service, new CompositeFactSource([.. catalogs.Select(catalog => new IFactSource[] { catalog })]));
            SweepReport? report = await sweep.RunAsync(Acting, cancellationToken: cancellationToken).ConfigureAwait(false);
            return report is null ? Failed("another sweep is running") : new JsonObject
            {
                ["facts"] = report.Facts,
                ["stale"] = new JsonArray([.. report.Found.Where(fact => fact.Status == SweptStatus.Stale).Take(Math.Max(0, limit)).Select(fact => new JsonObject
                {
                    ["question"] = fact.Question, ["answer"] = fact.Answer, ["current"] = fact.Current,
                })]),
            };
        }
        catch (Exception error) when (ShortReason(error) is not null)
        {
            return Failed(error, "find_stale_facts");
        }
    }

    private static AIFunction Create(Delegate method, string name) =>
        AIFunctionFactory.Create(method, new AIFunctionFactoryOptions { Name = name, SerializerOptions = _compact });

    private static JsonObject Describe(ProposalResult result) => result.Status switch
    {
        ProposalStatus.Applied => Status("applied", "edit_id", result.Id),
        ProposalStatus.Waiting => Status("waiting", "edit_id", result.Id),
        ProposalStatus.Unchanged => Status("current", "answer", result.Edit?.AnswerAfter),
        ProposalStatus.Rejected => Refused(ShortReason(result.Edit?.FailedCheck)),
        ProposalStatus.NotFound => Status("not_found"),
        _ => Refused(result.Reason ?? "not allowed by policy"),
    };

    private static JsonObject Status(string status) => new() { ["status"] = status };

    private static JsonObject Status(string status, string key, string? value) => new() { ["status"] = status, [key] = value };

    private static JsonObject Failed(string reason) => Status("failed", "reason", reason);

    private static JsonObject Refused(string reason) => Status("refused", "reason", reason);

    // In words that a small model can repeat. Null: a fault of the program.
    private static string? ShortReason(Exception error) => error switch
    {
        FactConflictException => "the sources disagree",
        FactSourceException => "the source cannot be read",
        PromptTooLongException => "the text is too long",
        ArgumentException => "the text is not allowed",
        ArithmeticException => "verification failed",
        JournalException => "it cannot be recorded",
        _ => null,
    };

    private static string ShortReason(EditCheck? check) => check switch
    {
        EditCheck.Generality => "generality check failed",
        EditCheck.Locality => "locality check failed",
        EditCheck.Drift => "other facts would change",
        _ => "verification failed",
    };

    private JsonObject Failed(Exception error, string question)
    {
        _logger.LogWarning(error, "\"{Question}\" could not be checked or edited", question);
        return Failed(ShortReason(error)!);
    }

    private sealed class Acted(Caller? before) : IDisposable
    {
        public void Dispose() => _acting.Value = before;
    }
}
