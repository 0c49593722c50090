using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Generation;

/// <summary>
/// Keys and values of earlier generations, so that the turns of a conversation that were computed once are not computed again.
/// Found by token ids and <see cref="WeightVersion.Key"/>: what was computed with one set of edits never serves another.
/// </summary>
/// <remarks>
/// Thread-safe. A cache is rented by one generation at a time; a second one with the same beginning copies it while it lies here, or computes.
/// The least recently used ones are dropped beyond a limit of bytes; rented ones do not count.
/// </remarks>
internal sealed class PrefixCache(Transformer transformer, long limitBytes) : IDisposable
{
    private readonly Lock _lock = new();

    // Most recently used first.
    private readonly LinkedList<Entry> _entries = [];
    private bool _disposed;

    /// <summary>The bytes of the caches that lie here.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _entries.Sum(entry => entry.Cache.Bytes);
            }
        }
    }

    /// <summary>A cache that holds the longest known beginning of a prompt, but never all of it: the last token's logits are needed.</summary>
    /// <returns>The caller's, to be handed back by <see cref="Return"/> or disposed. Its length says how much of the prompt it holds.</returns>
    public KeyValueCache Rent(IReadOnlyList<int> promptIds, WeightVersion version)
    {
        if (promptIds.Count > transformer.ReusableLength)
        {
            return transformer.CreateCache();
        }

        lock (_lock)
        {
            LinkedListNode<Entry>? best = null;
            int longest = 0;
            for (LinkedListNode<Entry>? node = _entries.First; node is not null; node = node.Next)
            {
                int common = node.Value.VersionKey == version.Key ? CommonLength(node.Value.Ids, promptIds) : 0;
                if (common > longest)
                {
                    (best, longest) = (node, common);
                }
            }

            int usable = Math.Min(longest, promptIds.Count - 1);
            return best is null || usable == 0 ? transformer.CreateCache() : Take(best, longest, usable);
        }
    }

    /// <summary>Takes a cache back.</summary>
    /// <param name="cache">From <see cref="Rent"/>; not used by the caller any more.</param>
    /// <param name="ids">The tokens whose keys and values it holds, and possibly more.</param>
    /// <param name="version">What it was computed with.</param>
    public void Return(KeyValueCache cache, IReadOnlyList<int> ids, WeightVersion version)
    {
        if (cache.Length == 0 || cache.Length > transformer.ReusableLength || cache.Bytes > limitBytes)
        {
            cache.Dispose();
            return;
        }

        Entry entry = new([.. ids.Take(cache.Length)], version.Key, cache);
        lock (_lock)
        {
            if (_disposed)
            {
                cache.Dispose();
                return;
            }

            DropBeginningsOf(entry);
            _entries.AddFirst(entry);
            DropBeyondLimit();
        }
    }

    /// <summary>Drops everything. Rented caches are dropped when they are returned.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            foreach (Entry entry in _entries)
            {
                entry.Cache.Dispose();
            }

            _entries.Clear();
        }
    }

    private static int CommonLength(int[] known, IReadOnlyList<int> ids)
    {
        int limit = Math.Min(known.Length, ids.Count);
        int length = 0;
        while (length < limit && known[length] == ids[length])
        {
            length++;
        }

        return length;
    }

    // A conversation that goes on takes its own cache along; one that only begins alike leaves it to others and copies.
    private KeyValueCache Take(LinkedListNode<Entry> node, int common, int usable)
    {
        Entry entry = node.Value;
        _entries.Remove(node);
        if (common == entry.Ids.Length)
        {
            entry.Cache.Truncate(usable);
            return entry.Cache;
        }

        _entries.AddFirst(node);
        return entry.Cache.Fork(usable);
    }

    private void DropBeginningsOf(Entry entry)
    {
        for (LinkedListNode<Entry>? node = _entries.First; node is not null;)
        {
            LinkedListNode<Entry>? next = node.Next;
            if (node.Value.VersionKey == entry.VersionKey && entry.Ids.AsSpan().StartsWith(node.Value.Ids))
            {
                node.Value.Cache.Dispose();
                _entries.Remove(node);
            }

            node = next;
        }
    }

    private void DropBeyondLimit()
    {
        long bytes = 0;
        for (LinkedListNode<Entry>? node = _entries.First; node is not null;)
        {
            LinkedListNode<Entry>? next = node.Next;
            bytes += node.Value.Cache.Bytes;
            if (bytes > limitBytes)
            {
                node.Value.Cache.Dispose();
                _entries.Remove(node);
            }

            node = next;
        }
    }

    private sealed record Entry(int[] Ids, string VersionKey, KeyValueCache Cache);
}
