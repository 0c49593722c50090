using System.Runtime.CompilerServices;
using System.Text;
using Ibke.Runtime.Constraints.Parsing;
using Ibke.Runtime.Generation.Batching;
using Ibke.Runtime.Models;

namespace Ibke.Runtime.Generation;

/// <summary>Continues a prompt, token by token: the one decode loop, for chats, editors and tools alike.</summary>
/// <remarks>
/// Thread-safe: any number of generations may run at once; their steps are computed together, so that the weights are read once for all of them. Scores may
/// then differ in their last bits from those of a generation that is alone. What one has computed of a prompt serves later ones with the same beginning
/// and the same edits in force.
/// </remarks>
public sealed class TextGenerator : IDisposable
{
    private readonly LanguageModel _model;
    private readonly PrefixCache _prefixes;
    private readonly StepBatcher _batcher;

    /// <summary>Makes a generator.</summary>
    /// <param name="model">Stays the caller's.</param>
    /// <param name="prefixCacheBytes">The most memory that computed beginnings of prompts may take while no generation uses them; 0 keeps none.</param>
    public TextGenerator(LanguageModel model, long prefixCacheBytes = 256L << 20)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfNegative(prefixCacheBytes);
        _model = model;
        _prefixes = new PrefixCache(model.Transformer, prefixCacheBytes);
        _batcher = new StepBatcher(model);
    }

    /// <summary>Starts a generation. Arguments are checked, and the version is taken, at the call; the work is done as the steps are read.</summary>
    /// <param name="promptIds">At least one token.</param>
    /// <param name="options">How tokens are chosen, and when it ends.</param>
    /// <param name="version">The edits in force, from beginning to end; null for those published now.</param>
    /// <param name="cancellationToken">Looked at before every token, and every 256 tokens of the prompt.</param>
    /// <returns>At least one step; the last one, and only that, has a finish reason.</returns>
    /// <exception cref="PromptTooLongException">The prompt leaves no room for a reply.</exception>
    /// <exception cref="ArgumentException">
    /// The prompt is empty or has a token outside the vocabulary, an option is out of its range, or no text of the constraint fits the limit of tokens.
    /// </exception>
    /// <exception cref="Constraints.JsonSchemaException">The constraint's schema cannot be followed.</exception>
    /// <exception cref="NotSupportedException">The vocabulary has no tokens for a character that the constraint needs.</exception>
    public IEnumerable<GenerationStep> Generate(
        IReadOnlyList<int> promptIds, GenerationOptions options, WeightVersion? version = null, CancellationToken cancellationToken = default)
    {
        CompiledGrammar? constraint = Check(promptIds, options);
        return Run(promptIds, options, constraint, version ?? _model.Versions.Current, cancellationToken);
    }

    /// <summary>As <see cref="Generate"/>, without a thread that waits while other generations are computed.</summary>
    /// <inheritdoc cref="Generate"/>
    public IAsyncEnumerable<GenerationStep> GenerateAsync(
        IReadOnlyList<int> promptIds, GenerationOptions options, WeightVersion? version = null, CancellationToken cancellationToken = default)
    {
        CompiledGrammar? constraint = Check(promptIds, options);
        return RunAsync(promptIds, options, constraint, version ?? _model.Versions.Current, cancellationToken);
    }

    /// <summary>Generates to the end.</summary>
    /// <inheritdoc cref="Generate"/>
    /// <returns>The whole text.</returns>
    public GeneratedText Complete(
        IReadOnlyList<int> promptIds, GenerationOptions options, WeightVersion? version = null, CancellationToken cancellationToken = default)
    {
        StringBuilder text = new();
        GenerationStep last = default;
        foreach (GenerationStep step in Generate(promptIds, options, version, cancellationToken))
        {
            text.Append(step.Text);
            last = step;
        }

        return new GeneratedText(text.ToString(), last.FinishReason!.Value, last.Usage);
    }

    /// <summary>Drops the computed beginnings of prompts.</summary>
    public void Dispose() => _prefixes.Dispose();

    private IEnumerable<GenerationStep> Run(
        IReadOnlyList<int> promptIds, GenerationOptions options, CompiledGrammar? constraint, WeightVersion version, CancellationToken cancellationToken)
    {
        using Decoding decoding = new(_model, _batcher, _prefixes, promptIds, options, constraint, version);
        GenerationStep step;
        do
        {
            ValueTask<GenerationStep> next = decoding.NextAsync(cancellationToken);
            step = next.IsCompleted ? next.GetAwaiter().GetResult() : next.AsTask().GetAwaiter().GetResult();
            yield return step;
        }
        while (step.FinishReason is null);
    }

    private async IAsyncEnumerable<GenerationStep> RunAsync(
        IReadOnlyList<int> promptIds, GenerationOptions options, CompiledGrammar? constraint, WeightVersion version,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using Decoding decoding = new(_model, _batcher, _prefixes, promptIds, options, constraint, version);
        GenerationStep step;
        do
        {
            step = await decoding.NextAsync(cancellationToken).ConfigureAwait(false);
            yield return step;
        }
        while (step.FinishReason is null);
    }

    private CompiledGrammar? Check(IReadOnlyList<int> promptIds, GenerationOptions options)
    {
        ArgumentNullException.ThrowIfNull(promptIds);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        CheckStops(options);
        CheckBias(options);
        CheckPrompt(promptIds);
        return Compile(promptIds, options);
    }

    private void CheckStops(GenerationOptions options)
    {
        if (options.StopSequences.Count > 0 && !_model.HasTokenizer)
        {
            throw new ArgumentException($"{nameof(options.StopSequences)} are texts, but the model '{_model.Id}' has no tokenizer.", nameof(options));
        }
    }

    private CompiledGrammar? Compile(IReadOnlyList<int> promptIds, GenerationOptions options)
    {
        if (options.Constraint is not { } constraint)
        {
            return null;
        }

        if (!_model.HasTokenizer)
        {
            throw new ArgumentException($"{nameof(options.Constraint)} is about text, but the model '{_model.Id}' has no tokenizer.", nameof(options));
        }

        HashSet<int> ends = [.. _model.EndOfSequenceIds, .. options.EndTokens ?? new HashSet<int>()];
        CompiledGrammar grammar = constraint.Compile(_model.Tokenizer, _model.Config.VocabularySize, ends);
        int room = Math.Min(options.MaxNewTokens, _model.Config.ContextLength - promptIds.Count);
        return grammar.LeastTokens <= room ? grammar : throw new ArgumentException(
            $"The shortest text that the constraint allows needs up to {grammar.LeastTokens} tokens, but there is room for {room} "
            + $"({nameof(options.MaxNewTokens)} {options.MaxNewTokens}, {promptIds.Count} of {_model.Config.ContextLength} tokens of the context in use).",
            nameof(options));
    }

    private void CheckBias(GenerationOptions options)
    {
        foreach (int id in options.LogitBias?.Keys ?? [])
        {
            if (id >= _model.Config.VocabularySize)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(options), id, $"{nameof(options.LogitBias)} names a token outside the vocabulary of {_model.Config.VocabularySize}.");
            }
        }
    }

    private void CheckPrompt(IReadOnlyList<int> promptIds)
    {
        if (promptIds.Count == 0)
        {
            throw new ArgumentException("The prompt is empty. Give at least one token.", nameof(promptIds));
        }

        if (promptIds.Count >= _model.Config.ContextLength)
        {
            throw new PromptTooLongException(promptIds.Count, _model.Config.ContextLength);
        }

        _model.Transformer.CheckVocabulary(promptIds);
    }
}
