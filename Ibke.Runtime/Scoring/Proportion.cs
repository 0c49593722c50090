namespace Ibke.Runtime.Scoring;

/// <summary>How many of some questions were answered right, with the 95 % interval of Wilson for the share that would be right of all such questions.</summary>
/// <remarks>E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927). It takes the questions for independent.</remarks>
/// <param name="Right">The number answered right.</param>
/// <param name="Asked">The number asked.</param>
public readonly record struct Proportion(int Right, int Asked)
{
    // The 97.5 % quantile of the normal distribution.
    private const double Quantile = 1.959963984540054;

    /// <summary>The share of right answers, 0 … 1; not a number where nothing was asked.</summary>
    public double Share => (double)Right / Asked;

    /// <summary>The lower end of the interval, 0 … 1; 0 where nothing was asked.</summary>
    public double Low => Asked == 0 ? 0 : Right == 0 ? 0 : Center - HalfWidth;

    /// <summary>The upper end of the interval, 0 … 1; 1 where nothing was asked.</summary>
    public double High => Asked == 0 ? 1 : Right == Asked ? 1 : Center + HalfWidth;

    private double Spread => Quantile * Quantile / Asked;

    private double Center => (Share + Spread / 2) / (1 + Spread);

    private double HalfWidth => Math.Sqrt(Spread * (Share * (1 - Share) + Spread / 4)) / (1 + Spread);

    /// <summary>Both sets of questions together.</summary>
    public static Proportion operator +(Proportion left, Proportion right) => new(left.Right + right.Right, left.Asked + right.Asked);
}
