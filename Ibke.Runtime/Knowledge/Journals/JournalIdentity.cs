namespace Ibke.Runtime.Knowledge.Journals;

/// <summary>What a journal's updates were made for: they mean nothing beside other weights.</summary>
/// <param name="ModelHash">SHA-256 of the base model's weights, in hexadecimal.</param>
/// <param name="EditorHash">SHA-256 of the editor's tensors, in hexadecimal; empty where there is no trained editor.</param>
/// <param name="Method">How updates are computed.</param>
public sealed record JournalIdentity(string ModelHash, string EditorHash, string Method);
