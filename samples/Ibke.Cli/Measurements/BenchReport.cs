namespace Ibke.Cli.Measurements;

/// <summary>Everything one run of <c>ibke bench</c> measured. Rates are per second; ratios are within this run.</summary>
/// <param name="Machine">Where it ran.</param>
/// <param name="Engine">What computed.</param>
/// <param name="Threads">Threads that computed, unless a measurement says otherwise.</param>
/// <param name="Model">The folder name of the small model.</param>
/// <param name="Quick">Whether fewer repeats were made.</param>
/// <param name="Memory">Streaming reads.</param>
/// <param name="Matrix">The matrix product against the core's peak.</param>
/// <param name="Chat">Speed of the small model.</param>
/// <param name="Constrained">The small model, kept to a JSON schema.</param>
/// <param name="Large">Decoding against the memory's speed.</param>
/// <param name="Edit">What an edit costs; null for a model without an editor.</param>
/// <param name="DuringEdits">A chat while edits are made; null for a model without an editor.</param>
internal sealed record BenchReport(
    Machine Machine, string Engine, int Threads, string Model, bool Quick, IReadOnlyList<MemoryRead> Memory, MatrixProduct Matrix,
    GenerationSpeed Chat, ConstrainedSpeed Constrained, IReadOnlyList<DecodeBandwidth> Large, EditCost? Edit, ChatDuringEdits? DuringEdits);

/// <summary>A streaming read.</summary>
/// <param name="Threads">Threads that read at once.</param>
/// <param name="BytesPerSecond">All of them together.</param>
internal sealed record MemoryRead(int Threads, double BytesPerSecond);
