namespace Ibke.Runtime.Editing;

/// <summary>A question that was not answered as expected.</summary>
/// <param name="Question">The question.</param>
/// <param name="Expected">The answer it should have had.</param>
/// <param name="Actual">The answer given.</param>
public sealed record PanelFailure(string Question, string Expected, string Actual);

/// <summary>How many questions of a panel were answered as expected, by free greedy generation, whole answer and end of turn.</summary>
/// <param name="Asked">The number of questions.</param>
/// <param name="Failures">Those answered otherwise.</param>
public sealed record PanelScore(int Asked, IReadOnlyList<PanelFailure> Failures)
{
    /// <summary>A panel without questions.</summary>
    public static PanelScore Empty { get; } = new(0, []);

    /// <summary>The number of questions answered as expected.</summary>
    public int Right => Asked - Failures.Count;

    /// <summary>The share answered as expected, 0 … 1; 1 where nothing was asked.</summary>
    public double Score => Asked == 0 ? 1 : (double)Right / Asked;

    /// <summary>Such as <c>23 of 24</c>.</summary>
    public override string ToString() => $"{Right} of {Asked}";
}
