namespace Ibke.Runtime.Constraints.Vocabulary;

/// <summary>
/// The bytes of all tokens as a tree, in the order of a walk from the root: whoever cannot go on at a node leaps over everything below it.
/// Immutable and thread-safe.
/// </summary>
internal sealed class TokenTrie
{
    private readonly byte[] _labels;
    private readonly int[] _depths;
    private readonly int[] _ends;
    private readonly int[] _firstTokens;
    private readonly int[] _tokens;

    /// <summary>Builds the tree.</summary>
    /// <param name="tokens">Tokens with their bytes; those without any are left out.</param>
    public TokenTrie(IEnumerable<(int Id, byte[] Bytes)> tokens)
    {
        (int Id, byte[] Bytes)[] sorted = [.. tokens.Where(token => token.Bytes.Length > 0)];
        Array.Sort(sorted, static (a, b) => a.Bytes.AsSpan().SequenceCompareTo(b.Bytes) is var order and not 0 ? order : a.Id - b.Id);
        List<byte> labels = [];
        List<int> depths = [];
        List<int> ends = [];
        List<int> firstTokens = [];
        List<int> path = [];
        byte[] last = [];
        for (int i = 0; i < sorted.Length; i++)
        {
            byte[] bytes = sorted[i].Bytes;
            int common = bytes.AsSpan().CommonPrefixLength(last);
            while (path.Count > common)
            {
                ends[path[^1]] = labels.Count;
                path.RemoveAt(path.Count - 1);
            }

            while (path.Count < bytes.Length)
            {
                path.Add(labels.Count);
                labels.Add(bytes[path.Count - 1]);
                depths.Add(path.Count - 1);
                ends.Add(0);
                firstTokens.Add(i);
            }

            last = bytes;
            Longest = Math.Max(Longest, bytes.Length);
        }

        foreach (int node in path)
        {
            ends[node] = labels.Count;
        }

        firstTokens.Add(sorted.Length);
        (_labels, _depths, _ends, _firstTokens) = ([.. labels], [.. depths], [.. ends], [.. firstTokens]);
        _tokens = [.. sorted.Select(token => token.Id)];
        OwnTokens = CountOwnTokens(sorted);
    }

    /// <summary>The number of nodes.</summary>
    public int Count => _labels.Length;

    /// <summary>The bytes of the longest token.</summary>
    public int Longest { get; }

    // How many tokens end at each node.
    private int[] OwnTokens { get; }

    /// <summary>The byte that leads to a node.</summary>
    public byte Label(int node) => _labels[node];

    /// <summary>The number of bytes before that one.</summary>
    public int Depth(int node) => _depths[node];

    /// <summary>The node after everything below this one.</summary>
    public int End(int node) => _ends[node];

    /// <summary>The tokens that end at a node.</summary>
    public ReadOnlySpan<int> TokensAt(int node) => _tokens.AsSpan(_firstTokens[node], OwnTokens[node]);

    private int[] CountOwnTokens((int Id, byte[] Bytes)[] sorted)
    {
        int[] counts = new int[Count];
        for (int node = 0; node < Count; node++)
        {
            for (int i = _firstTokens[node]; i < sorted.Length && sorted[i].Bytes.Length == _depths[node] + 1 && (i == _firstTokens[node] || sorted[i].Bytes.AsSpan().SequenceEqual(sorted[i - 1].Bytes)); i++)
            {
                counts[node]++;
            }
        }

        return counts;
    }
}
