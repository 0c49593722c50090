namespace Ibke.Runtime.Generation.Sampling;

/// <summary>How often each token occurred, as the penalties ask for it.</summary>
internal sealed class TokenHistory
{
    private readonly HashSet<int> _seen;
    private readonly Dictionary<int, int> _generated = [];

    /// <summary>Starts with a prompt.</summary>
    public TokenHistory(IEnumerable<int> promptIds) => _seen = [.. promptIds];

    /// <summary>The tokens of the prompt and the reply.</summary>
    public IReadOnlyCollection<int> Seen => _seen;

    /// <summary>The tokens of the reply, with their counts.</summary>
    public IReadOnlyDictionary<int, int> Generated => _generated;

    /// <summary>Counts a token of the reply.</summary>
    public void Add(int id)
    {
        _seen.Add(id);
        _generated[id] = _generated.GetValueOrDefault(id) + 1;
    }
}
