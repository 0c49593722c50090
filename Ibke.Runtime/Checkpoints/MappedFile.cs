using System.Buffers;
using System.IO.MemoryMappedFiles;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Checkpoints;

/// <summary>
/// A file that is mapped for reading, region by region and only while a region is in use. It stays open for as long as this object or a
/// region of it is referenced.
/// </summary>
/// <remarks>Thread-safe. The file must not be shortened meanwhile; replacing it by renaming another over it is fine.</remarks>
internal sealed class MappedFile
{
    private readonly MemoryMappedFile _file;

    private MappedFile(MemoryMappedFile file, long length)
    {
        _file = file;
        Length = length;
    }

    /// <summary>Bytes of the file.</summary>
    public long Length { get; }

    /// <summary>Opens a file of at least one byte.</summary>
    /// <exception cref="CheckpointException">It is missing, empty or not readable.</exception>
    public static MappedFile Open(string path)
    {
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
            long length = stream.Length;
            if (length == 0)
            {
                throw new CheckpointException(path, "the file is empty", "Download or copy it again.");
            }

            // The mapping has a handle of its own to the file.
            MemoryMappedFile file = MemoryMappedFile.CreateFromFile(
                stream, mapName: null, capacity: 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            return new MappedFile(file, length);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CheckpointException(path, "the file does not exist", "Check the folder, and whether every file was copied.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(path, $"the file cannot be read ({e.Message})", "Check its permissions and the disk.", e);
        }
    }

    /// <summary>Consecutive bytes; nothing is mapped before they are used.</summary>
    public StoredBytes Slice(long offset, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length);
        return length == 0 ? Array.Empty<byte>() : new Region(this, offset, length);
    }

    private sealed unsafe class Region(MappedFile file, long offset, long length) : StoredBytes, IPinnable
    {
        private readonly Lock _lock = new();
        private MemoryMappedViewAccessor? _view;
        private byte* _start;
        private int _pins;

        public override long Length => length;

        public override MemoryHandle Pin()
        {
            lock (_lock)
            {
                if (_pins == 0)
                {
                    Map();
                }

                _pins++;
                return new MemoryHandle(_start, pinnable: this);
            }
        }

        MemoryHandle IPinnable.Pin(int elementIndex) => throw new NotSupportedException("Pin the region as a whole.");

        void IPinnable.Unpin()
        {
            lock (_lock)
            {
                if (--_pins == 0)
                {
                    _view!.SafeMemoryMappedViewHandle.ReleasePointer();
                    _view.Dispose();
                    _view = null;
                }
            }
        }

        private void Map()
        {
            _view = file._file.CreateViewAccessor(offset, length, MemoryMappedFileAccess.Read);
            byte* start = null;
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            _start = start + _view.PointerOffset;
        }
    }
}
