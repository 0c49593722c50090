using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Sources;

namespace Ibke.Cli.Verifying;

/// <summary>Checks the model's answers against a directory, one question at a time, and edits where asked to.</summary>
/// <param name="editor">Asks and edits the model.</param>
/// <param name="source">The directory.</param>
/// <param name="fix">Whether stale answers are edited.</param>
internal sealed class FactVerification(KnowledgeEditor editor, IFactSource source, bool fix)
{
    /// <summary>Checks one question.</summary>
    public async Task<VerifiedFact> VerifyAsync(string question, CancellationToken cancellation)
    {
        SourcedFact? fact = await source.AskAsync(question, cancellationToken: cancellation);
        if ((await editor.VerifyAsync([(question, fact?.Answer ?? "")], cancellation))[0] is not { } own)
        {
            return new VerifiedFact(FactStatus.Failed, question, null, fact?.Answer, fact?.AsOf, Reason: "the model cannot be asked this");
        }

        return fact is null ? new VerifiedFact(FactStatus.Unknown, question, own.Answer, null, null)
            : own.Says(fact.Answer) ? new VerifiedFact(FactStatus.Current, question, own.Answer, fact.Answer, fact.AsOf)
            : await StaleAsync(question, own.Answer, fact, cancellation);
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
