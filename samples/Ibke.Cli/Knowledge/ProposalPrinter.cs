using Ibke.Cli.Terminals;
using Ibke.Runtime.Knowledge.Service;

namespace Ibke.Cli.Knowledge;

/// <summary>Says what became of a proposal.</summary>
internal static class ProposalPrinter
{
    /// <summary>Prints it.</summary>
    /// <returns>The exit code.</returns>
    public static int Print(Terminal terminal, ProposalResult result, bool json)
    {
        if (json)
        {
            terminal.Out.WriteLine(JsonText.Document(result));
        }
        else
        {
            terminal.Out.WriteLine(Sentence(result));
        }

        return result.Status is ProposalStatus.Refused or ProposalStatus.Rejected or ProposalStatus.NotFound ? ExitCode.Failed : ExitCode.Success;
    }

    /// <summary>In words.</summary>
    public static string Sentence(ProposalResult result) => result.Status switch
    {
        ProposalStatus.Applied when result.Edit is { } edit =>
            $"{result.Id}: in force and recorded. \"{edit.AnswerBefore}\" became \"{edit.AnswerAfter}\"; rephrasings {edit.Generality}, unrelated questions as before {edit.Locality}, "
            + FormattableString.Invariant($"drift {Math.Max(0, edit.Drift):0.0000} nats a token."),
        ProposalStatus.Applied => $"{(result.Id is null ? "" : result.Id + ": ")}done and recorded.",
        ProposalStatus.Waiting => $"{result.Id}: waits for {result.Approvals} {(result.Approvals == 1 ? "approval" : "approvals")} ({result.Rule}).",
        ProposalStatus.Unchanged => $"Nothing to do: {result.Reason ?? "it is so already"}.",
        ProposalStatus.Declined => $"{result.Id}: declined.",
        ProposalStatus.NotFound => $"{result.Id}: {result.Reason}.",
        ProposalStatus.Refused => $"Refused by policy ({result.Rule}): {result.Reason}.",
        _ => $"Rejected ({result.Rule}): {result.Reason}.",
    };
}
