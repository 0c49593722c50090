using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models.Network;

/// <summary>Gives the angles of a rotary embedding for sequences of any length, as <see cref="RopeSettings"/> asks.</summary>
/// <remarks>Formulas and defaults are those of the published checkpoints' reference implementation. Thread-safe.</remarks>
internal sealed class RotaryEmbedding
{
    private readonly RopeSettings _settings;
    private readonly int _size;
    private readonly int _contextLength;
    private readonly RotaryFrequencies _short;
    private readonly RotaryFrequencies? _long;
    private DynamicFrequencies? _dynamic;

    /// <summary>Computes the frequencies.</summary>
    /// <param name="settings">The kind and its numbers.</param>
    /// <param name="headSize">Values a head has.</param>
    /// <param name="contextLength">The most positions that the model is meant for (<c>max_position_embeddings</c>).</param>
    public RotaryEmbedding(RopeSettings settings, int headSize, int contextLength)
    {
        _settings = settings;
        _size = settings.Size ?? headSize;
        _contextLength = contextLength;
        double[] plain = Inverse(settings.Theta);
        switch (settings.Kind)
        {
            case RopeKind.Linear:
                _short = Frequencies(plain.Select(f => f / settings.Factor));
                break;
            case RopeKind.Llama3:
                _short = Frequencies(plain.Select(Llama3));
                break;
            case RopeKind.Yarn:
                _short = Frequencies(Yarn(plain), YarnAttentionFactor());
                break;
            case RopeKind.LongRope:
                double attention = settings.AttentionFactor ?? LongRopeAttentionFactor();
                _short = Frequencies(plain.Zip(settings.ShortFactors, (f, divisor) => f / divisor), attention);
                _long = Frequencies(plain.Zip(settings.LongFactors, (f, divisor) => f / divisor), attention);
                break;
            default:
                _short = Frequencies(plain);
                break;
        }
    }

    /// <summary>
    /// The longest sequence whose angles do not depend on its length. Beyond it the same token at the same position has other keys
    /// in a longer sequence, so that what was computed for one prefix must not be used for another.
    /// </summary>
    public int FixedLength => _settings.Kind switch
    {
        RopeKind.Dynamic or RopeKind.LongRope => _settings.OriginalContextLength,
        _ => int.MaxValue,
    };

    /// <summary>The angles for a sequence that has this many positions after the pass.</summary>
    public RotaryFrequencies For(int length)
    {
        if (length <= FixedLength)
        {
            return _short;
        }

        if (_long is not null)
        {
            return _long;
        }

        // Engines keep tables by instance, so the layers of a pass must be given the same one.
        DynamicFrequencies? last = Volatile.Read(ref _dynamic);
        if (last?.Length != length)
        {
            double excess = _settings.Factor * length / _settings.OriginalContextLength - (_settings.Factor - 1);
            double theta = _settings.Theta * Math.Pow(excess, _size / (_size - 2.0));
            last = new DynamicFrequencies(length, Frequencies(Inverse(theta)));
            Volatile.Write(ref _dynamic, last);
        }

        return last.Frequencies;
    }

    private RotaryFrequencies Frequencies(IEnumerable<double> inverse, double factor = 1) =>
        new([.. inverse.Select(f => (float)f)], (float)factor, _settings.Interleaved);

    private double[] Inverse(double theta) =>
        [.. Enumerable.Range(0, _size / 2).Select(i => Math.Pow(theta, -2.0 * i / _size))];

    private double Llama3(double frequency)
    {
        double wavelength = 2 * Math.PI / frequency;
        double turns = _settings.OriginalContextLength / wavelength;
        double low = _settings.LowFrequencyFactor;
        double high = _settings.HighFrequencyFactor;
        double kept = turns < low ? 0 : turns > high ? 1 : (turns - low) / (high - low);
        return (1 - kept) * frequency / _settings.Factor + kept * frequency;
    }

    private IEnumerable<double> Yarn(double[] plain)
    {
        double low = Index(_settings.BetaFast);
        double high = Index(_settings.BetaSlow);
        if (_settings.Truncate)
        {
            low = Math.Floor(low);
            high = Math.Ceiling(high);
        }

        low = Math.Max(low, 0);
        high = Math.Min(high, _size - 1);
        double width = low == high ? 0.001 : high - low;
        return plain.Select((frequency, i) =>
        {
            double divided = Math.Clamp((i - low) / width, 0, 1);
            return frequency * (1 - divided) + frequency / _settings.Factor * divided;
        });

        // The pair that turns this often within the original length.
        double Index(double turns) =>
            _size * Math.Log(_settings.OriginalContextLength / (turns * 2 * Math.PI)) / (2 * Math.Log(_settings.Theta));
    }

    private double YarnAttentionFactor()
    {
        if (_settings.AttentionFactor is { } given)
        {
            return given;
        }

        return _settings is { MagnitudeScale: > 0 and var above, MagnitudeScaleAllDimensions: > 0 and var below }
            ? Magnitude(above) / Magnitude(below)
            : Magnitude(1);

        double Magnitude(double scale) => _settings.Factor <= 1 ? 1 : 0.1 * scale * Math.Log(_settings.Factor) + 1;
    }

    private double LongRopeAttentionFactor()
    {
        double ratio = (double)_contextLength / _settings.OriginalContextLength;
        return ratio <= 1 ? 1 : Math.Sqrt(1 + Math.Log(ratio) / Math.Log(_settings.OriginalContextLength));
    }

    private sealed record DynamicFrequencies(int Length, RotaryFrequencies Frequencies);
}
