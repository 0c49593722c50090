using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Generation;
using Ibke.Runtime.Knowledge.Sources;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Ibke.Runtime.Knowledge.Functions;

/// <summary>
/// What a model may do about its own knowledge, as functions it can call: check a fact, correct it, take a correction back, list them.
/// </summary>
/// <remarks>
/// Thread-safe. A normal answer is never an exception: what was refused, failed, is not known or is so already is a result with a
/// <c>status</c>. Exceptions mean cancellation or a fault of the program.
/// </remarks>
public sealed class KnowledgeFunctions
{
    private const string UserSource = "user";

    // Hosts may show a model the raw text of a result.
    private static readonly JsonSerializerOptions _compact = new(AIJsonUtilities.DefaultOptions) { WriteIndented = false };

    private readonly KnowledgeEditor _editor;
    private readonly IFactSource? _source;
    private readonly KnowledgeFunctionsOptions _options;
    private readonly EditAuthorization _authorization;

    /// <summary>Puts functions before an editor.</summary>
    /// <param name="editor">Makes the edits.</param>
    /// <param name="source">Knows what is true at present; null: nothing can be checked.</param>
    /// <param name="options">Null for the defaults.</param>
    public KnowledgeFunctions(KnowledgeEditor editor, IFactSource? source = null, KnowledgeFunctionsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(editor);
        _editor = editor;
        _source = source;
        _options = options ?? new KnowledgeFunctionsOptions();
        _authorization = _options.Authorization ?? (source is null ? EditPolicies.ReadOnly : EditPolicies.RequireSource(source));
    }

    /// <summary>The functions <c>verify_fact</c>, <c>edit_fact</c>, <c>revert_edit</c> and <c>list_edits</c>, in this order.</summary>
    /// <param name="prefix">Set before each name, with an underscore between; null for none.</param>
    public IReadOnlyList<AIFunction> CreateFunctions(string? prefix = null)
    {
        string start = string.IsNullOrEmpty(prefix) ? "" : prefix + "_";
        return
        [
            Create(VerifyFactAsync, start + "verify_fact"),
            Create(EditFactAsync, start + "edit_fact"),
            Create(RevertEditAsync, start + "revert_edit"),
            Create(ListEdits, start + "list_edits"),
        ];
    }

    /// <summary>Compares the model's own free answer with the source's.</summary>
    /// <returns>
    /// <c>{"status":"current","answer"}</c>, <c>{"status":"stale","answer","current"}</c> with the model's and the source's answer,
    /// <c>{"status":"unknown"}</c> where the source does not know, <c>{"status":"failed","reason"}</c>.
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
            if (_source is null || await _source.AskAsync(question, null, cancellationToken).ConfigureAwait(false) is not { } fact)
            {
                return Status("unknown");
            }

            VerifyResult own = await _editor.VerifyAsync(question, cancellationToken).ConfigureAwait(false);
            JsonObject result = Status(FactText.SameAnswer(own.Answer, fact.Answer) ? "current" : "stale");
            result["answer"] = own.Answer;
            if (!FactText.SameAnswer(own.Answer, fact.Answer))
            {
                result["current"] = fact.Answer;
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
    /// <c>{"status":"applied","edit_id"}</c>, <c>{"status":"current","answer"}</c> where the model says so already,
    /// <c>{"status":"refused","reason"}</c>, <c>{"status":"failed","reason"}</c>.
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

        EditRequest request = new()
        {
            Prompt = question,
            Answer = answer,
            Subject = string.IsNullOrWhiteSpace(subject) ? null : subject.Trim(),
            Requester = _options.Requester,
        };
        try
        {
            if (await RefusalAsync(new EditProposal(EditAction.Edit, request), cancellationToken).ConfigureAwait(false) is { } refusal)
            {
                return refusal;
            }

            string source = await FindSourceAsync(request, cancellationToken).ConfigureAwait(false);
            return Describe(await _editor.EditAsync(request with { Source = source }, cancellationToken).ConfigureAwait(false), question);
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
        string id = (edit_id ?? "").Trim();
        if (_editor.List().FirstOrDefault(record => record.Id == id) is not { } edit)
        {
            return Status("not_found");
        }

        try
        {
            EditProposal proposal = new(EditAction.Revert, edit.Request, edit.Id);
            if (await RefusalAsync(proposal, cancellationToken).ConfigureAwait(false) is { } refusal)
            {
                return refusal;
            }
        }
        catch (FactSourceException error)
        {
            return Failed(error, edit.Request.Prompt);
        }

        RevertResult result = await _editor.RevertAsync(edit.Id, cancellationToken).ConfigureAwait(false);
        if (result.Status == RevertStatus.NotFound)
        {
            return Status("not_found");
        }

        _options.Logger.LogInformation("Edit {Id} reverted", result.Id);
        return Status("reverted", "edit_id", result.Id);
    }

    /// <summary>The edits in force.</summary>
    /// <returns><c>{"edits":[{"edit_id","question","answer"}]}</c>.</returns>
    [Description("Lists the edits in force.")]
    public JsonObject ListEdits() => new()
    {
        ["edits"] = new JsonArray([.. _editor.List().Where(record => record.InForce).Select(record => new JsonObject
        {
            ["edit_id"] = record.Id,
            ["question"] = record.Request.Prompt,
            ["answer"] = record.Request.Answer,
        })]),
    };

    private static AIFunction Create(Delegate method, string name) =>
        AIFunctionFactory.Create(method, new AIFunctionFactoryOptions { Name = name, SerializerOptions = _compact });

    private static JsonObject Status(string status) => new() { ["status"] = status };

    private static JsonObject Status(string status, string key, string? value) => new() { ["status"] = status, [key] = value };

    private static JsonObject Failed(string reason) => Status("failed", "reason", reason);

    private static JsonObject Refused(string reason) => Status("refused", "reason", reason);

    // In words that a small model can repeat. Null: a fault of the program.
    private static string? ShortReason(Exception error) => error switch
    {
        FactSourceException => "the source cannot be read",
        PromptTooLongException => "the text is too long",
        ArgumentException => "the text is not allowed",
        ArithmeticException => "verification failed",
        _ => null,
    };

    private static string ShortReason(EditCheck? check) => check switch
    {
        EditCheck.Generality => "generality check failed",
        EditCheck.Locality => "locality check failed",
        EditCheck.Drift => "other facts would change",
        _ => "verification failed",
    };

    private async Task<JsonObject?> RefusalAsync(EditProposal proposal, CancellationToken cancellationToken)
    {
        EditDecision decision = await _authorization(proposal, cancellationToken).ConfigureAwait(false);
        if (decision.Allowed)
        {
            return null;
        }

        _options.Logger.LogWarning(
            "{Action} of \"{Question}\" refused by policy: {Reason}", proposal.Action, proposal.Request.Prompt, decision.Reason);
        return Refused(decision.Reason ?? "not allowed by policy");
    }

    private async Task<string> FindSourceAsync(EditRequest request, CancellationToken cancellationToken)
    {
        try
        {
            SourcedFact? fact = _source is null
                ? null
                : await _source.AskAsync(request.Prompt, request.Subject, cancellationToken).ConfigureAwait(false);
            return fact is not null && FactText.SameAnswer(fact.Answer, request.Answer) ? fact.Source : UserSource;
        }
        catch (FactSourceException error)
        {
            // The policy has decided already; the source is asked only to be named.
            _options.Logger.LogWarning(error, "The source of \"{Question}\" is not known", request.Prompt);
            return UserSource;
        }
    }

    private JsonObject Describe(EditResult result, string question)
    {
        _options.Logger.LogInformation(
            "Edit of \"{Question}\": {Status} {Id} {Reason}", question, result.Status, result.Id, result.Reason);
        return result.Status switch
        {
            EditStatus.Applied => Status("applied", "edit_id", result.Id),
            EditStatus.Unchanged => Status("current", "answer", result.AnswerAfter),
            _ => Refused(ShortReason(result.FailedCheck)),
        };
    }

    private JsonObject Failed(Exception error, string question)
    {
        _options.Logger.LogWarning(error, "\"{Question}\" could not be checked or edited", question);
        return Failed(ShortReason(error)!);
    }
}
