using Ibke.Runtime.Editing;

namespace Ibke.Cli.Chatting;

/// <summary>Where a chat's edits are made.</summary>
internal interface IEditDesk
{
    /// <summary>Answers for the model, and lists its edits.</summary>
    KnowledgeEditor Editor { get; }

    /// <summary>Makes an edit.</summary>
    /// <returns>The edit; null where it waits for approval, with what there is to say.</returns>
    /// <exception cref="CommandException">It was refused or rejected.</exception>
    Task<(EditResult? Edit, string? Waits)> EditAsync(EditRequest request, CancellationToken cancellation);

    /// <summary>Takes an edit back.</summary>
    /// <returns>The earlier edit that is in force again; null for none.</returns>
    /// <exception cref="CommandException">There is no such edit, or it may not be taken back.</exception>
    Task<string?> UndoAsync(string id, CancellationToken cancellation);
}
