using System.Security.Cryptography;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Checkpoints;

/// <summary>The weights of a model folder: <c>model.safetensors</c>, or the shards that <c>model.safetensors.index.json</c> names.</summary>
/// <remarks>
/// Thread-safe. Tensors stay usable after the checkpoint is disposed: a file is closed once nothing refers to its bytes any more.
/// </remarks>
public sealed class Checkpoint : IDisposable
{
    private const string SingleFile = "model.safetensors";
    private const string IndexFile = "model.safetensors.index.json";
    private const int HashChunk = 1 << 20;

    private readonly SafetensorsFile[] _files;
    private readonly Dictionary<string, SafetensorsFile> _fileOf;
    private readonly Lazy<string> _contentHash;
    private volatile bool _disposed;

    private Checkpoint(string folder, SafetensorsFile[] files, Dictionary<string, SafetensorsFile> fileOf)
    {
        Folder = folder;
        _files = files;
        _fileOf = fileOf;
        Names = [.. fileOf.Where(pair => pair.Value.Tensors.ContainsKey(pair.Key)).Select(pair => pair.Key).Order(StringComparer.Ordinal)];
        Bytes = files.Sum(file => file.Length);
        _contentHash = new Lazy<string>(Hash);
    }

    /// <summary>The folder as it was given.</summary>
    public string Folder { get; }

    /// <summary>The names of all float32, float16 and bfloat16 tensors in ordinal order. Others, such as stored masks, are left out.</summary>
    public IReadOnlyCollection<string> Names { get; }

    /// <summary>The bytes of all weight files together.</summary>
    public long Bytes { get; }

    /// <summary>
    /// SHA-256 over the bytes of the weight files in ordinal order of their names, in lower-case hexadecimal. For a single file this is
    /// what <c>sha256sum</c> prints. The first call reads every byte.
    /// </summary>
    public string ContentHash
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _contentHash.Value;
        }
    }

    /// <summary>Maps and checks the weight files of a folder.</summary>
    /// <exception cref="CheckpointException">A file is missing or damaged, or index and shards do not agree.</exception>
    public static Checkpoint Open(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder))
        {
            throw new CheckpointException(folder, "the folder does not exist", "Give the folder that holds config.json and model.safetensors.");
        }

        string single = Path.Combine(folder, SingleFile);
        if (File.Exists(single))
        {
            SafetensorsFile file = SafetensorsFile.Open(single);
            return new Checkpoint(folder, [file], file.EntryNames.ToDictionary(name => name, _ => file, StringComparer.Ordinal));
        }

        return File.Exists(Path.Combine(folder, IndexFile)) ? OpenShards(folder) : throw NoWeights(folder);
    }

    /// <summary>Looks a tensor up.</summary>
    public bool TryGet(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out StoredTensor? tensor)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        tensor = null;
        return _fileOf.TryGetValue(name, out SafetensorsFile? file) && file.Tensors.TryGetValue(name, out tensor);
    }

    /// <summary>A tensor that must be there.</summary>
    /// <exception cref="CheckpointException">There is none of that name, or it is of a type the engine cannot compute with.</exception>
    public StoredTensor Get(string name)
    {
        if (TryGet(name, out StoredTensor? tensor))
        {
            return tensor;
        }

        if (_fileOf.TryGetValue(name, out SafetensorsFile? file))
        {
            throw new CheckpointException(
                file.Path, $"the tensor '{name}' is stored as {file.TypeOf(name)}, which cannot be computed with", "Convert it to F32, F16 or BF16.");
        }

        throw new CheckpointException(
            Folder,
            $"there is no tensor '{name}' among the {Names.Count} of the checkpoint{SimilarNames.Hint(name, Names)}",
            "Check that the weights belong to this config.json.");
    }

    /// <summary>Lets go of the files. Tensors that were taken out stay usable.</summary>
    public void Dispose() => _disposed = true;

    private static Checkpoint OpenShards(string folder)
    {
        ConfigFile index = ConfigFile.Open(folder, IndexFile);
        ConfigFile map = index.TryGetObject("weight_map")
            ?? throw new CheckpointException(index.Path, "there is no 'weight_map'", "Copy the index again.");
        Dictionary<string, SafetensorsFile> shards = new(StringComparer.Ordinal);
        Dictionary<string, SafetensorsFile> fileOf = new(StringComparer.Ordinal);
        foreach (string name in map.Keys)
        {
            string shard = map.GetString(name);
            if (!shards.TryGetValue(shard, out SafetensorsFile? file))
            {
                // A plain file name cannot lead out of the folder.
                if (shard.Length == 0 || shard.AsSpan().IndexOfAny("/\\:\0") >= 0 || shard is "." or "..")
                {
                    throw new CheckpointException(
                        index.Path, $"the tensor '{name}' is said to be in '{shard}', which is no file name", "Copy the index again.");
                }

                file = OpenShard(index, folder, shard, name);
                shards.Add(shard, file);
            }

            if (file.TypeOf(name) is null)
            {
                throw new CheckpointException(
                    index.Path,
                    $"the tensor '{name}' is said to be in '{shard}', but is not there",
                    "Copy the index and all shards again, of one revision.");
            }

            fileOf.Add(name, file);
        }

        return new Checkpoint(folder, [.. shards.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value)], fileOf);
    }

    private static SafetensorsFile OpenShard(ConfigFile index, string folder, string shard, string tensor)
    {
        string path = Path.Combine(folder, shard);
        return File.Exists(path)
            ? SafetensorsFile.Open(path)
            : throw new CheckpointException(
                path, $"the shard is missing; '{Path.GetFileName(index.Path)}' wants '{tensor}' from it", "Copy all shards into the folder.");
    }

    private static CheckpointException NoWeights(string folder)
    {
        IEnumerable<string> pickled = Directory.EnumerateFiles(folder, "*.bin").Concat(Directory.EnumerateFiles(folder, "*.pt*"));
        string? other = pickled.Select(Path.GetFileName).Order(StringComparer.Ordinal).FirstOrDefault();
        return new CheckpointException(
            folder,
            $"there is neither {SingleFile} nor {IndexFile}",
            other is null ? "Give the folder that holds the weights." : $"Convert {other} to safetensors.");
    }

    private string Hash()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[HashChunk];
        foreach (SafetensorsFile file in _files)
        {
            for (long at = 0; at < file.Length; at += HashChunk)
            {
                Span<byte> chunk = buffer.AsSpan(0, (int)Math.Min(HashChunk, file.Length - at));
                file.Slice(at, chunk.Length).CopyTo(0, chunk);
                hash.AppendData(chunk);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
