using Ibke.Runtime.Editing.Cases;
using Ibke.Runtime.Editing.Methods;
using Ibke.Runtime.Models;
using Ibke.Runtime.Scoring;

namespace Ibke.Runtime.Tests.Scoring;

/// <summary>Cases of the embedded model.</summary>
internal static class AtlasCases
{
    private static readonly Lazy<IReadOnlyList<EditCase>> _all = new(() => EditCaseFile.Read(Path.Combine(GoldenFiles.Committed, "atlas", "edits.jsonl")));

    /// <summary>The first cases of the committed file.</summary>
    public static IReadOnlyList<EditCase> First(int count) => [.. _all.Value.Take(count)];

    /// <summary>The embedded model's own editor.</summary>
    public static ScoredMethod Ibke(LanguageModel model) => new("ibke", [new EditMethodChoice("", () => IbkeMethod.Load(model))]);

    /// <summary>A method that changes nothing.</summary>
    public static ScoredMethod Nothing { get; } = new("nothing", [new EditMethodChoice("", () => new NoEdits())]);

    private sealed class NoEdits : IEditMethod
    {
        public string Name => "nothing";

        public EditsInForce Apply(IReadOnlyList<Ibke.Runtime.Editing.EditRequest> requests, CancellationToken cancellationToken = default) =>
            new([], TimeSpan.Zero);
    }
}
