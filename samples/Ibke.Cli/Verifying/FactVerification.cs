using System.Text.Json.Nodes;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Functions;
using Ibke.Runtime.Knowledge.Sources;

namespace Ibke.Cli.Verifying;

/// <summary>Checks the model's answers against a directory, one question at a time, and edits where asked to.</summary>
/// <param name="editor">Asks and edits the model.</param>
/// <param name="source">The directory.</param>
/// <param name="fix">Whether stale answers are edited.</param>
internal sealed class FactVerification(KnowledgeEditor editor, IFactSource source, bool fix)
{
    private readonly KnowledgeFunctions _functions = new(editor, source);

    /// <summary>Checks one question.</summary>
    public async Task<VerifiedFact> VerifyAsync(string question, CancellationToken cancellation)
    {
        JsonObject result = await _functions.VerifyFactAsync(question, cancellation);
        string? answer = (string?)result["answer"];
        SourcedFact? fact = await source.AskAsync(question, cancellationToken: cancellation);
        return (string?)result["status"] switch
        {
            "current" => new VerifiedFact(FactStatus.Current, question, answer, fact!.Answer, fact.AsOf),
            "stale" => await StaleAsync(question, answer, fact!, cancellation),
            "unknown" => new VerifiedFact(
                FactStatus.Unknown, question, (await editor.VerifyAsync(question, cancellation)).Answer, null, null),
            _ => new VerifiedFact(FactStatus.Failed, question, answer, fact?.Answer, fact?.AsOf, Reason: (string?)result["reason"]),
        };
    }

    private async Task<VerifiedFact> StaleAsync(string question, string? answer, SourcedFact fact, CancellationToken cancellation)
    {
        VerifiedFact stale = new(FactStatus.Stale, question, answer, fact.Answer, fact.AsOf);
        if (!fix)
        {
            return stale;
        }

        EditRequest request = new() { Prompt = question, Answer = fact.Answer, Source = fact.Source, Requester = "ibke verify" };
        EditResult edit = await editor.EditAsync(request, cancellation);
        return edit.Status == EditStatus.Applied
            ? stale with { Status = FactStatus.Fixed, EditId = edit.Id }
            : stale with { Reason = edit.Reason };
    }
}
