namespace Ibke.Runtime.Tokenization.Subwords;

/// <summary>The tokens of a vocabulary by their beginnings. Immutable and thread-safe.</summary>
/// <remarks>The children of a node lie side by side, sorted, and are found by bisection; those of the root by a table.</remarks>
internal sealed class TokenTrie
{
    /// <summary>The node of no character.</summary>
    public const int Root = 0;

    private const int None = -1;

    private readonly List<Node> _nodes = [new Node('\0', None, 0, 0)];
    private readonly int[] _first = new int[char.MaxValue + 1];

    /// <summary>Makes a trie.</summary>
    public TokenTrie(IEnumerable<KeyValuePair<string, int>> tokens)
    {
        KeyValuePair<string, int>[] sorted = [.. tokens.Where(token => token.Key.Length > 0).OrderBy(token => token.Key, StringComparer.Ordinal)];
        Queue<(int Node, int From, int To, int Depth)> open = new([(Root, 0, sorted.Length, 0)]);
        while (open.TryDequeue(out (int Node, int From, int To, int Depth) part))
        {
            int from = part.From;
            int id = None;
            if (from < part.To && sorted[from].Key.Length == part.Depth)
            {
                id = sorted[from++].Value;
            }

            int children = _nodes.Count;
            while (from < part.To)
            {
                char unit = sorted[from].Key[part.Depth];
                int to = from;
                while (to < part.To && sorted[to].Key[part.Depth] == unit)
                {
                    to++;
                }

                open.Enqueue((_nodes.Count, from, to, part.Depth + 1));
                _nodes.Add(new Node(unit, None, 0, 0));
                from = to;
            }

            _nodes[part.Node] = new Node(_nodes[part.Node].Unit, id, children, _nodes.Count - children);
        }

        Array.Fill(_first, None);
        for (int i = 0; i < _nodes[Root].Count; i++)
        {
            _first[_nodes[_nodes[Root].Children + i].Unit] = _nodes[Root].Children + i;
        }
    }

    private readonly record struct Node(char Unit, int Id, int Children, int Count);

    /// <summary>Goes from a node to the one of its beginning and one more UTF-16 unit; false where no token begins like that.</summary>
    public bool TryStep(ref int node, char unit)
    {
        if (node == Root)
        {
            node = _first[unit];
            return node != None;
        }

        int low = _nodes[node].Children;
        int high = low + _nodes[node].Count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            char found = _nodes[middle].Unit;
            if (found == unit)
            {
                node = middle;
                return true;
            }

            (low, high) = found < unit ? (middle + 1, high) : (low, middle - 1);
        }

        return false;
    }

    /// <summary>The id of the token that ends at a node, or null.</summary>
    public int? TokenAt(int node) => _nodes[node].Id == None ? null : _nodes[node].Id;
}
