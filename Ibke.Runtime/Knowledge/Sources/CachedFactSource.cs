using Ibke.Runtime.Editing;
using Microsoft.Extensions.Caching.Memory;

namespace Ibke.Runtime.Knowledge.Sources;

/// <summary>Remembers the answers of another source for a while, also that it does not know. Failures are not remembered.</summary>
/// <remarks>Thread-safe. Neither the source nor the cache is disposed with it; one cache may serve several sources.</remarks>
public sealed class CachedFactSource : IFactSource
{
    private readonly IFactSource _source;
    private readonly IMemoryCache _cache;
    private readonly TimeSpan _lifetime;

    /// <summary>Puts a cache before a source.</summary>
    /// <param name="source">Asked where the cache has no answer.</param>
    /// <param name="cache">Keeps the answers; each counts as size 1.</param>
    /// <param name="lifetime">How long an answer is kept. Positive.</param>
    public CachedFactSource(IFactSource source, IMemoryCache cache, TimeSpan lifetime)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(cache);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lifetime, TimeSpan.Zero);
        (_source, _cache, _lifetime) = (source, cache, lifetime);
    }

    /// <inheritdoc/>
    public string Name => _source.Name;

    /// <inheritdoc/>
    public string Class => _source.Class;

    /// <inheritdoc/>
    public async Task<SourcedFact?> AskAsync(
        string question, string? subject = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(question);
        Key key = new(_source, FactText.NormalizeQuestion(question), subject);
        if (_cache.TryGetValue(key, out SourcedFact? known))
        {
            return known;
        }

        SourcedFact? fact = await _source.AskAsync(question, subject, cancellationToken).ConfigureAwait(false);
        _cache.Set(key, fact, new MemoryCacheEntryOptions { AbsoluteExpirationRelativeToNow = _lifetime, Size = 1 });
        return fact;
    }

    private sealed record Key(IFactSource Source, string Question, string? Subject);
}
