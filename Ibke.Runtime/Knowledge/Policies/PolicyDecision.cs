namespace Ibke.Runtime.Knowledge.Policies;

/// <summary>What policy says to a proposal.</summary>
/// <param name="Rule">The rule that decided, for the journal, such as <c>protected</c>.</param>
/// <param name="Reason">Why not, in words; null where nothing speaks against it.</param>
/// <param name="Approvers">How many others must approve before it is made; 0 for none.</param>
public sealed record PolicyDecision(string Rule, string? Reason, int Approvers)
{
    /// <summary>It may be made at once.</summary>
    public static PolicyDecision Allowed { get; } = new("allowed", null, 0);

    /// <summary>Whether it must not be made.</summary>
    public bool IsRefused => Reason is not null;

    /// <summary>It must not be made.</summary>
    public static PolicyDecision Refuse(string rule, string reason) => new(rule, reason, 0);

    /// <summary>It waits until others agree.</summary>
    public static PolicyDecision Wait(string rule, int approvers) => new(rule, null, approvers);
}
