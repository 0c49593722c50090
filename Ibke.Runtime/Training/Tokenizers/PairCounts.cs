namespace Ibke.Runtime.Training.Tokenizers;

/// <summary>
/// Words as tokens, and how often two tokens stand side by side in them. Each merge rewrites only the words that hold its pair; a heap finds the
/// next one.
/// </summary>
/// <remarks>
/// An entry of the heap may be out of date, but every pair has one that is at least its count: one that is too high is put back when it is met.
/// Counts are exact, so the result does not depend on the order of the words.
/// </remarks>
internal sealed class PairCounts
{
    private readonly Word[] _words;
    private readonly Dictionary<ulong, Pair> _pairs = [];
    private readonly PriorityQueue<ulong, (long Count, ulong Key)> _heap = new(Comparer<(long Count, ulong Key)>.Create(
        static (a, b) => a.Count != b.Count ? b.Count.CompareTo(a.Count) : a.Key.CompareTo(b.Key)));

    private readonly HashSet<ulong> _grown = [];

    /// <summary>Counts the pairs of words.</summary>
    /// <param name="words">Each as ids, with how often it occurs; the ids are written over.</param>
    public PairCounts(IEnumerable<(int[] Ids, long Count)> words)
    {
        _words = [.. words.Where(word => word.Ids.Length > 1).Select(word => new Word(word.Ids, word.Count))];
        for (int i = 0; i < _words.Length; i++)
        {
            Word word = _words[i];
            for (int k = 1; k < word.Length; k++)
            {
                Grow(Key(word.Ids[k - 1], word.Ids[k]), word.Count, i);
            }
        }

        PushGrown();
    }

    private sealed class Word(int[] ids, long count)
    {
        public readonly int[] Ids = ids;
        public readonly long Count = count;
        public int Length = ids.Length;
    }

    private sealed class Pair
    {
        /// <summary>Words that hold it, or held it; a word may be there twice.</summary>
        public readonly List<int> Words = [];
        public long Count;
    }

    /// <summary>Finds the pair that occurs most often, of equal ones that of the lower ids; false where there is none left.</summary>
    public bool TryFindMost(out int left, out int right)
    {
        while (_heap.TryDequeue(out ulong key, out (long Count, ulong) priority))
        {
            long count = _pairs[key].Count;
            if (count == priority.Count)
            {
                (left, right) = ((int)(key >> 32), (int)(uint)key);
                return true;
            }

            if (count > 0)
            {
                _heap.Enqueue(key, (count, key));
            }
        }

        (left, right) = (0, 0);
        return false;
    }

    /// <summary>Replaces a pair by one token wherever it stands, from left to right.</summary>
    public void Merge(int left, int right, int merged)
    {
        Pair pair = _pairs[Key(left, right)];
        int[] holders = [.. pair.Words];
        pair.Words.Clear();
        foreach (int holder in holders)
        {
            Word word = _words[holder];
            if (!Holds(word, left, right))
            {
                continue;
            }

            for (int k = 1; k < word.Length; k++)
            {
                _pairs[Key(word.Ids[k - 1], word.Ids[k])].Count -= word.Count;
            }

            Rewrite(word, left, right, merged);
            for (int k = 1; k < word.Length; k++)
            {
                ulong key = Key(word.Ids[k - 1], word.Ids[k]);
                if (word.Ids[k - 1] == merged || word.Ids[k] == merged)
                {
                    Grow(key, word.Count, holder);
                }
                else
                {
                    _pairs[key].Count += word.Count;
                }
            }
        }

        PushGrown();
    }

    private static bool Holds(Word word, int left, int right)
    {
        ReadOnlySpan<int> ids = word.Ids.AsSpan(0, word.Length);
        for (int k = 1; k < ids.Length; k++)
        {
            if (ids[k - 1] == left && ids[k] == right)
            {
                return true;
            }
        }

        return false;
    }

    private static void Rewrite(Word word, int left, int right, int merged)
    {
        int written = 0;
        for (int k = 0; k < word.Length; written++)
        {
            bool isPair = k + 1 < word.Length && word.Ids[k] == left && word.Ids[k + 1] == right;
            word.Ids[written] = isPair ? merged : word.Ids[k];
            k += isPair ? 2 : 1;
        }

        word.Length = written;
    }

    private void Grow(ulong key, long count, int word)
    {
        if (!_pairs.TryGetValue(key, out Pair? pair))
        {
            _pairs.Add(key, pair = new Pair());
        }

        pair.Count += count;
        if (pair.Words.Count == 0 || pair.Words[^1] != word)
        {
            pair.Words.Add(word);
        }

        _grown.Add(key);
    }

    private void PushGrown()
    {
        foreach (ulong key in _grown)
        {
            _heap.Enqueue(key, (_pairs[key].Count, key));
        }

        _grown.Clear();
    }

    private static ulong Key(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;
}
