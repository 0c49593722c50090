using Ibke.Runtime.Constraints.Parsing;
using Ibke.Runtime.Generation.Sampling;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Tokenization;

namespace Ibke.Runtime.Generation;

/// <summary>One running generation: its cache, its version, what has been said so far.</summary>
internal sealed class Decoding : IDisposable
{
    /// <summary>Rows of a prompt that are computed between two looks at the cancellation.</summary>
    internal const int ChunkLength = 256;

    private readonly LanguageModel _model;
    private readonly GenerationOptions _options;
    private readonly WeightVersion _version;
    private readonly PrefixCache _prefixes;
    private readonly KeyValueCache _cache;
    private readonly Sampler _sampler;
    private readonly TokenStream? _stream;
    private readonly StopSequenceFilter _stops;
    private readonly ConstraintRun? _constraint;
    private readonly LogProbabilities? _probabilities;
    private readonly List<int> _ids;
    private readonly float[] _logits;
    private readonly int _promptTokens;
    private readonly int _cachedTokens;

    /// <summary>Starts a generation whose arguments have been checked.</summary>
    public Decoding(
        LanguageModel model, PrefixCache prefixes, IReadOnlyList<int> promptIds, GenerationOptions options, CompiledGrammar? constraint, WeightVersion version)
    {
        _model = model;
        _options = options;
        _version = version;
        _prefixes = prefixes;
        _ids = [.. promptIds];
        _promptTokens = promptIds.Count;
        _sampler = new Sampler(options, model.Config.VocabularySize, promptIds);
        _constraint = constraint is null ? null : new ConstraintRun(constraint);
        _probabilities = options.LogProbabilities is int top ? new LogProbabilities(model, top) : null;
        _logits = new float[_sampler.IsPlainGreedy && _constraint is null && _probabilities is null ? 0 : model.Config.VocabularySize];
        _stream = !model.HasTokenizer ? null : model.Tokenizer.CreateStream(skipSpecialTokens: !options.IncludeSpecialTokens, options.ShownSpecialTokens);
        _stops = new StopSequenceFilter(options.StopSequences);
        _cache = prefixes.Rent(_ids, version);
        _cachedTokens = _cache.Length;
    }

    // The number of tokens that may still come.
    private int Left => Math.Min(_options.MaxNewTokens - (_ids.Count - _promptTokens), _model.Config.ContextLength - _ids.Count);

    /// <summary>Generates the next token.</summary>
    public GenerationStep Next(CancellationToken cancellationToken)
    {
        int id = Choose(cancellationToken);
        _sampler.Add(id);
        _ids.Add(id);
        int generated = _ids.Count - _promptTokens;
        GenerationStep step = new(id, "", null, new TokenUsage(_promptTokens, _cachedTokens, generated), _probabilities?.Of(id));
        if (_model.EndOfSequenceIds.Contains(id) || _options.EndTokens?.Contains(id) == true)
        {
            return step with { Text = LastText(), FinishReason = FinishReason.Stop };
        }

        _constraint?.Accept(id);
        string text = _stops.Append(_stream?.Append(id) ?? "");
        if (_stops.Stopped)
        {
            return step with { Text = text, FinishReason = FinishReason.Stop };
        }

        bool finished = _constraint is { IsFinished: true };
        if (Left > 0 && !finished)
        {
            return step with { Text = text };
        }

        text += LastText();
        return step with { Text = text, FinishReason = _stops.Stopped || finished ? FinishReason.Stop : FinishReason.Length };
    }

    /// <summary>Hands the cache back for later generations.</summary>
    public void Dispose() => _prefixes.Return(_cache, _ids, _version);

    // Computes the tokens that the cache does not hold yet, and chooses the one after them.
    private int Choose(CancellationToken cancellationToken)
    {
        Operations ops = _model.Engine.Operations;
        // Angles that depend on the length ask for the whole prompt at once.
        int chunk = _ids.Count > _model.Transformer.ReusableLength ? _ids.Count : ChunkLength;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = Math.Min(chunk, _ids.Count - _cache.Length);
            using Tensor hidden = _model.Transformer.Forward(
                ops, _version, _ids.GetRange(_cache.Length, count), [new SequenceRows(count, _cache)]); // [count, hidden]
            if (_cache.Length == _ids.Count)
            {
                return Choose(ops, hidden, count);
            }
        }
    }

    private int Choose(Operations ops, Tensor hidden, int count)
    {
        using Tensor? last = count == 1 ? null : ops.Rows(hidden, [count - 1]); // [1, hidden]
        using Tensor logits = _model.Transformer.Logits(ops, last ?? hidden); // [1, vocabulary]
        int usable = _model.UsableVocabulary;
        if (_logits.Length == 0)
        {
            using Tensor? known = usable == _model.Config.VocabularySize ? null : ops.Columns(logits, 0, usable);
            return ops.ArgMax(known ?? logits)[0];
        }

        logits.CopyTo(_logits);
        _logits.AsSpan(usable).Fill(float.NegativeInfinity);
        _probabilities?.Take(_logits);
        _constraint?.Allowed(Left).Apply(_logits);
        return _sampler.Next(_logits);
    }

    private string LastText() => _stops.Append(_stream?.Flush() ?? "") + _stops.Flush();
}
