using Ibke.Runtime.Editing;

namespace Ibke.Runtime.Knowledge.Functions;

/// <summary>What a model, or somebody who talks to it, wants done.</summary>
public enum EditAction
{
    /// <summary>A fact is to be edited.</summary>
    Edit,

    /// <summary>An edit is to be taken back.</summary>
    Revert,
}

/// <summary>A change of the model's knowledge that a policy decides on, before anything is computed.</summary>
/// <param name="Action">What is wanted.</param>
/// <param name="Request">The edit that is to be made, or that is to be taken back.</param>
/// <param name="EditId">The edit that is to be taken back; null for a new one.</param>
public sealed record EditProposal(EditAction Action, EditRequest Request, string? EditId = null);
