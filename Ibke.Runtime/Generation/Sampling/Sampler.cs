using System.Numerics.Tensors;

namespace Ibke.Runtime.Generation.Sampling;

/// <summary>Chooses the next token from logits, as <see cref="GenerationOptions"/> ask. Belongs to one generation.</summary>
internal sealed class Sampler
{
    private readonly float _temperature;
    private readonly List<ILogitAdjustment> _adjustments = [];
    private readonly List<ICandidateFilter> _filters = [];
    private readonly TokenHistory _history;
    private readonly RandomSource _random;
    private readonly Candidates _candidates;

    /// <summary>Starts a generation.</summary>
    public Sampler(GenerationOptions options, int vocabularySize, IEnumerable<int> promptIds)
    {
        _temperature = options.Temperature;
        _history = new TokenHistory(promptIds);
        _random = new RandomSource(options.Seed ?? unchecked((ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue)));
        _candidates = new Candidates(_temperature == 0 ? 0 : vocabularySize);
        AddAdjustments(options);
        AddFilters(options);
    }

    /// <summary>Whether the choice is always the largest of the model's own logits, so that they need not be copied to the host.</summary>
    public bool IsPlainGreedy => _temperature == 0 && _adjustments.Count == 0;

    /// <summary>Chooses a token.</summary>
    /// <param name="logits">[vocabulary]; changed. Negative infinity rules a token out; at least one is not.</param>
    /// <exception cref="InvalidOperationException">The logit bias bans every token that is left.</exception>
    public int Next(Span<float> logits)
    {
        Adjust(logits);
        return _temperature == 0 ? Largest(logits) : Draw();
    }

    /// <summary>Counts a chosen token for the penalties.</summary>
    public void Add(int id) => _history.Add(id);

    /// <summary>The probabilities of all tokens to be chosen next. [vocabulary].</summary>
    /// <param name="logits">[vocabulary]; changed.</param>
    public double[] Probabilities(Span<float> logits)
    {
        double[] all = new double[logits.Length];
        Adjust(logits);
        if (_temperature == 0)
        {
            all[Largest(logits)] = 1;
            return all;
        }

        for (int i = 0; i < _candidates.Count; i++)
        {
            all[_candidates.Ids[i]] = _candidates.Probabilities[i];
        }

        return all;
    }

    private void Adjust(Span<float> logits)
    {
        foreach (ILogitAdjustment adjustment in _adjustments)
        {
            adjustment.Apply(logits, _history);
        }

        if (_temperature == 0)
        {
            return;
        }

        _candidates.Fill(logits, _temperature);
        if (_candidates.Count == 0)
        {
            throw EverythingBanned();
        }

        foreach (ICandidateFilter filter in _filters)
        {
            filter.Apply(_candidates);
        }
    }

    private static int Largest(ReadOnlySpan<float> logits)
    {
        int largest = TensorPrimitives.IndexOfMax(logits);
        return float.IsNegativeInfinity(logits[largest]) ? throw EverythingBanned() : largest;
    }

    private static InvalidOperationException EverythingBanned() =>
        new("The logit bias bans every token that could come next. Ban fewer tokens, or use another constraint.");

    private int Draw()
    {
        double left = _random.NextDouble();
        ReadOnlySpan<double> probabilities = _candidates.Probabilities;
        int last = 0;
        for (int i = 0; i < probabilities.Length; i++)
        {
            if (probabilities[i] > 0)
            {
                last = i;
                left -= probabilities[i];
                if (left < 0)
                {
                    break;
                }
            }
        }

        // Rounding may leave a trace above 0 after the last token, which then is the one.
        return _candidates.Ids[last];
    }

    private void AddAdjustments(GenerationOptions options)
    {
        if (options.LogitBias is { Count: > 0 } bias)
        {
            _adjustments.Add(new LogitBias(bias));
        }

        if (options.RepetitionPenalty != 1)
        {
            _adjustments.Add(new RepetitionPenalty(options.RepetitionPenalty));
        }

        if (options.FrequencyPenalty != 0 || options.PresencePenalty != 0)
        {
            _adjustments.Add(new CountPenalty(options.FrequencyPenalty, options.PresencePenalty));
        }
    }

    private void AddFilters(GenerationOptions options)
    {
        if (options.TopK > 0)
        {
            _filters.Add(new TopK(options.TopK));
        }

        if (options.TopP < 1)
        {
            _filters.Add(new TopP(options.TopP));
        }

        if (options.MinP > 0)
        {
            _filters.Add(new MinP(options.MinP));
        }

        if (options.TypicalP < 1)
        {
            _filters.Add(new TypicalP(options.TypicalP));
        }
    }
}
