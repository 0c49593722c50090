using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Service;

namespace Ibke.Samples.KnowledgeMaintenanceBot.Passes;

/// <summary>Asks the model again after an edit: the question itself, and some other wordings of it.</summary>
internal static class Verification
{
    private const int OtherWordings = 4;

    /// <summary>Whether the model gives the answer to the question itself, and how many of the wordings it answers so.</summary>
    public static async Task<(bool Holds, string Detail)> AskAsync(KnowledgeService knowledge, string question, string answer, CancellationToken cancellationToken)
    {
        string[] wordings = [question, .. knowledge.Editor.Card.OtherWordings(question).Take(OtherWordings)];
        IReadOnlyList<VerifyResult?> said = await knowledge.Editor
            .VerifyAsync([.. wordings.Select(wording => (wording, answer))], cancellationToken).ConfigureAwait(false);
        int right = said.Count(reply => reply?.Says(answer) == true);
        bool holds = said[0]?.Says(answer) == true;
        return (holds, holds ? $"right in {right} of {wordings.Length} wordings" : $"the model says {said[0]?.Answer ?? "nothing"}");
    }
}
