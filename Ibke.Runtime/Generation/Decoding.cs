using Ibke.Runtime.Constraints.Parsing;
using Ibke.Runtime.Generation.Batching;
using Ibke.Runtime.Generation.Sampling;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tokenization;

namespace Ibke.Runtime.Generation;

/// <summary>One running generation: its cache, its version, what has been said so far.</summary>
internal sealed class Decoding : IDisposable
{
    private readonly LanguageModel _model;
    private readonly GenerationOptions _options;
    private readonly WeightVersion _version;
    private readonly PrefixCache _prefixes;
    private readonly StepBatcher _batcher;
    private readonly BatchMember _member;
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
        LanguageModel model, StepBatcher batcher, PrefixCache prefixes, IReadOnlyList<int> promptIds, GenerationOptions options, CompiledGrammar? constraint, WeightVersion version)
    {
        _model = model;
        _batcher = batcher;
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
        _member = new BatchMember(version, _ids, prefixes.Rent(_ids, version), _logits);
        _cachedTokens = _member.Cache.Length;
        batcher.Join();
    }

    // The number of tokens that may still come.
    private int Left => Math.Min(_options.MaxNewTokens - (_ids.Count - _promptTokens), _model.Config.ContextLength - _ids.Count);

    /// <summary>Generates the next token.</summary>
    public async ValueTask<GenerationStep> NextAsync(CancellationToken cancellationToken)
    {
        int id = Choose(await _batcher.NextAsync(_member, cancellationToken).ConfigureAwait(false));
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
    public void Dispose()
    {
        _batcher.Leave(_member);
        _prefixes.Return(_member.Cache, _ids, _version);
    }

    // Where it does not take the likeliest token, the scores have been written.
    private int Choose(int likeliest)
    {
        if (_logits.Length == 0)
        {
            return likeliest;
        }

        _logits.AsSpan(_model.UsableVocabulary).Fill(float.NegativeInfinity);
        _probabilities?.Take(_logits);
        _constraint?.Allowed(Left).Apply(_logits);
        return _sampler.Next(_logits);
    }

    private string LastText() => _stops.Append(_stream?.Flush() ?? "") + _stops.Flush();
}
