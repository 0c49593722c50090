using Ibke.Cli.Knowledge;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Service;

namespace Ibke.Cli.Chatting;

/// <summary>Edits that policy decides on and a journal keeps.</summary>
internal sealed class LastingEdits(KnowledgeService service, Caller caller) : IEditDesk
{
    /// <inheritdoc/>
    public KnowledgeEditor Editor => service.Editor;

    /// <inheritdoc/>
    public async Task<(EditResult? Edit, string? Waits)> EditAsync(EditRequest request, CancellationToken cancellation)
    {
        ProposalResult result = await service.ProposeAsync(new FactProposal { Request = request, Reason = "typed in a chat" }, caller, cancellation);
        return result.Status switch
        {
            ProposalStatus.Applied or ProposalStatus.Unchanged when result.Edit is { } edit => (edit, null),
            ProposalStatus.Waiting => (null, ProposalPrinter.Sentence(result)),
            _ => throw new CommandException(ProposalPrinter.Sentence(result)),
        };
    }

    /// <inheritdoc/>
    public async Task<string?> UndoAsync(string id, CancellationToken cancellation)
    {
        string? superseded = Editor.List().LastOrDefault(record => record.SupersededBy == id)?.Id;
        ProposalResult result = await service.RevertAsync(id, caller, "typed in a chat", cancellation);
        return result.Status switch
        {
            ProposalStatus.Applied => superseded,
            ProposalStatus.NotFound => throw new CommandException($"There is no edit {id}. /list shows those there are."),
            _ => throw new CommandException(ProposalPrinter.Sentence(result)),
        };
    }
}
