namespace Ibke.Runtime.Knowledge.Journals;

/// <summary>An entry that is to be written.</summary>
/// <param name="Time">When it happened.</param>
/// <param name="Kind">What happened.</param>
/// <param name="EditId">The edit or proposal it is about; empty for what concerns all.</param>
/// <param name="Content">One JSON object.</param>
/// <param name="Update">What the edit adds to the model, as bytes that the content names by their hash; null for none.</param>
public sealed record JournalDraft(DateTimeOffset Time, JournalEntryKind Kind, string EditId, string Content, JournalUpdate? Update = null);
