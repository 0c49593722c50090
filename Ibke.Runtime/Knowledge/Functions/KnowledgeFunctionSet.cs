namespace Ibke.Runtime.Knowledge.Functions;

/// <summary>Which functions a model is shown.</summary>
public enum KnowledgeFunctionSet
{
    /// <summary><c>verify_fact</c>, <c>edit_fact</c>, <c>revert_edit</c>, <c>list_edits</c>: few enough for a small model.</summary>
    Usual,

    /// <summary>Also <c>approve_edit</c>, <c>list_proposals</c> and <c>find_stale_facts</c>: for agents that look after a model's knowledge.</summary>
    All,
}
