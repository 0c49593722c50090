namespace Ibke.Runtime.Models;

/// <summary>How a rotary embedding is stretched beyond the length it was first trained on.</summary>
public enum RopeKind
{
    /// <summary>Not stretched.</summary>
    Default,

    /// <summary>All frequencies divided by the factor (position interpolation).</summary>
    Linear,

    /// <summary>The base grows with the current length once that exceeds the trained one (dynamic NTK).</summary>
    Dynamic,

    /// <summary>Long wavelengths divided by the factor, short ones kept, a smooth band between (Llama 3.1).</summary>
    Llama3,

    /// <summary>A ramp over the frequency index between kept and divided, and warmer attention (YaRN).</summary>
    Yarn,

    /// <summary>A searched factor for each frequency, one list for short and one for long sequences (LongRoPE).</summary>
    LongRope,
}

/// <summary>The rotary embedding of a model, as its configuration gives it. Values of other kinds than <see cref="Kind"/> are not used.</summary>
public sealed record RopeSettings
{
    /// <summary>How it is stretched.</summary>
    public RopeKind Kind { get; init; }

    /// <summary>The base of the geometric series of wavelengths (<c>rope_theta</c>).</summary>
    public double Theta { get; init; } = 10000;

    /// <summary>The number of elements of a head that are turned, from its first on; null turns all. Even.</summary>
    public int? Size { get; init; }

    /// <summary>Whether pairs are neighbours (2i, 2i + 1), rather than half of the turned elements apart.</summary>
    public bool Interleaved { get; init; }

    /// <summary>How many times longer than trained; at least 1.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>The length first trained on (<c>original_max_position_embeddings</c>).</summary>
    public int OriginalContextLength { get; init; }

    /// <summary>Llama 3: original length / this is the wavelength above which a frequency is divided.</summary>
    public double LowFrequencyFactor { get; init; } = 1;

    /// <summary>Llama 3: original length / this is the wavelength below which a frequency is kept.</summary>
    public double HighFrequencyFactor { get; init; } = 4;

    /// <summary>YaRN: frequencies that turn more often than this within the original length are kept.</summary>
    public double BetaFast { get; init; } = 32;

    /// <summary>YaRN: frequencies that turn less often than this within the original length are divided.</summary>
    public double BetaSlow { get; init; } = 1;

    /// <summary>YaRN: whether the ends of the ramp are rounded outwards to whole indices.</summary>
    public bool Truncate { get; init; } = true;

    /// <summary>YaRN and LongRoPE: what cosines and sines are multiplied by; null derives it.</summary>
    public double? AttentionFactor { get; init; }

    /// <summary>YaRN: weight of the logarithm in the numerator of the derived attention factor.</summary>
    public double? MagnitudeScale { get; init; }

    /// <summary>YaRN: weight of the logarithm in the denominator of the derived attention factor.</summary>
    public double? MagnitudeScaleAllDimensions { get; init; }

    /// <summary>LongRoPE: divisors of the frequencies up to the original length, one for each pair.</summary>
    public IReadOnlyList<double> ShortFactors { get; init; } = [];

    /// <summary>LongRoPE: divisors of the frequencies of anything longer, one for each pair.</summary>
    public IReadOnlyList<double> LongFactors { get; init; } = [];

    /// <summary>What makes these settings impossible for a head size, as the end of a sentence; null where nothing does.</summary>
    internal string? FindProblem(int headSize)
    {
        int size = Size ?? headSize;
        return size <= 0 || size > headSize ? $"the rotary embedding turns {size} values of a head, which has {headSize}"
            : size % 2 != 0 ? Size is null
                ? $"the head size {headSize} is odd, but the rotary embedding turns pairs"
                : $"the rotary embedding turns {size} values of a head, but it turns pairs"
            : FindProblemOfPairs(size / 2);
    }

    private string? FindProblemOfPairs(int pairs) =>
        Theta <= 1 ? $"the rope theta is {Theta}, but must be above 1"
        : Factor < 1 ? $"the rope factor is {Factor}, but must be at least 1"
        : OriginalContextLength <= 0 ? $"the original context length is {OriginalContextLength}, but must be positive"
        : Kind == RopeKind.Dynamic && pairs < 2 ? "dynamic rope needs heads of more than two values"
        : Kind == RopeKind.Llama3 && LowFrequencyFactor >= HighFrequencyFactor
            ? $"the low frequency factor {LowFrequencyFactor} must be below the high one, {HighFrequencyFactor}"
        : Kind == RopeKind.Yarn && (BetaFast <= 0 || BetaSlow <= 0) ? "beta_fast and beta_slow must be positive"
        : Kind == RopeKind.LongRope && (ShortFactors.Count != pairs || LongFactors.Count != pairs)
            ? $"{ShortFactors.Count} short and {LongFactors.Count} long rope factors are given, but a head has {pairs} pairs"
        : Kind == RopeKind.LongRope && AttentionFactor is null && OriginalContextLength == 1
            ? "the original context length is 1, but must be above 1 where no attention factor is given"
        : ShortFactors.Concat(LongFactors).Any(factor => factor <= 0) ? "a rope factor is not positive"
        : null;
}
