using Ibke.Runtime.Editing;

namespace Ibke.Cli.Chatting;

/// <summary>Edits that are gone when the process ends.</summary>
internal sealed class PassingEdits(KnowledgeEditor editor) : IEditDesk
{
    /// <inheritdoc/>
    public KnowledgeEditor Editor => editor;

    /// <inheritdoc/>
    public async Task<(EditResult? Edit, string? Waits)> EditAsync(EditRequest request, CancellationToken cancellation)
    {
        EditResult result = await editor.EditAsync(request, cancellation);
        return result.Status == EditStatus.Rejected
            ? throw new CommandException($"Rejected: {request.Prompt} {request.Answer}: {result.Reason}")
            : (result, null);
    }

    /// <inheritdoc/>
    public async Task<string?> UndoAsync(string id, CancellationToken cancellation)
    {
        RevertResult result = await editor.RevertAsync(id, cancellation);
        return result.Status == RevertStatus.Reverted
            ? result.Restored
            : throw new CommandException($"There is no edit {id}. /list shows those there are.");
    }
}
