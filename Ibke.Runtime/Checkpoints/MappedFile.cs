using System.Buffers;
using System.IO.MemoryMappedFiles;

namespace Ibke.Runtime.Checkpoints;

/// <summary>A file mapped for reading. It stays mapped for as long as this object or a <see cref="Region"/> of it is referenced.</summary>
/// <remarks>Thread-safe. The file must not be shortened while it is mapped; replacing it by renaming another over it is fine.</remarks>
internal sealed unsafe class MappedFile
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;

    private MappedFile(MemoryMappedFile file, MemoryMappedViewAccessor view, long length)
    {
        _file = file;
        _view = view;
        Length = length;
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _start = start + view.PointerOffset;
    }

    /// <summary>Unmaps the file; no region can be referenced any more.</summary>
    ~MappedFile()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    /// <summary>Bytes of the file.</summary>
    public long Length { get; }

    /// <summary>Maps a file of at least one byte.</summary>
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

            MemoryMappedFile file = MemoryMappedFile.CreateFromFile(
                stream, mapName: null, capacity: 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            return new MappedFile(file, file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read), length);
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

    /// <summary>A view of consecutive bytes that keeps the file mapped.</summary>
    public ReadOnlyMemory<byte> Slice(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length);
        return new Region(this, _start + offset, length).Memory;
    }

    private sealed class Region(MappedFile file, byte* start, int length) : MemoryManager<byte>
    {
        private readonly MappedFile _mapping = file;

        public override Span<byte> GetSpan() => new(start, length);

        public override MemoryHandle Pin(int elementIndex = 0)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)length);
            return new MemoryHandle(start + elementIndex, pinnable: this);
        }

        public override void Unpin() => GC.KeepAlive(_mapping);

        protected override void Dispose(bool disposing)
        {
        }
    }
}
