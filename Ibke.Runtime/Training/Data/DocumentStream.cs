using System.Threading.Channels;

namespace Ibke.Runtime.Training.Data;

/// <summary>
/// The documents of a file without end, each epoch in an order of its own. Another thread reads and tokenizes ahead; what comes when depends only on
/// file, seed and position.
/// </summary>
/// <remarks>Belongs to one thread at a time.</remarks>
public sealed class DocumentStream : IDisposable
{
    private const int Ahead = 512;

    private readonly Channel<Entry> _channel = Channel.CreateBounded<Entry>(
        new BoundedChannelOptions(Ahead) { SingleReader = true, SingleWriter = true });

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _reading;

    /// <summary>Begins to read.</summary>
    /// <param name="file">Stays the caller's; to be disposed after the stream.</param>
    /// <param name="seed">Chooses the order.</param>
    /// <param name="start">Where to begin: a position of a stream of the same file and seed.</param>
    /// <exception cref="ArgumentOutOfRangeException">The file has no such position.</exception>
    public DocumentStream(DocumentFile file, ulong seed, DocumentPosition start = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentOutOfRangeException.ThrowIfNegative(start.Epoch, nameof(start));
        ArgumentOutOfRangeException.ThrowIfNegative(start.Part, nameof(start));
        ArgumentOutOfRangeException.ThrowIfNegative(start.Line, nameof(start));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(start.Line, file.Count, nameof(start));
        Position = start;
        _reading = Task.Run(() => ReadAsync(file, seed, start));
    }

    private readonly record struct Entry(TrainingDocument Document, DocumentPosition After);

    /// <summary>Where the next document is; a stream that starts there goes on with it.</summary>
    public DocumentPosition Position { get; private set; }

    /// <summary>Takes the next document.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="TrainingDataException">Its line cannot be used; so it is again when it is asked for again.</exception>
    public TrainingDocument Next(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Entry entry;
        while (!_channel.Reader.TryRead(out entry))
        {
            // Throws what ended the reading.
            _channel.Reader.WaitToReadAsync(cancellationToken).AsTask().GetAwaiter().GetResult();
        }

        Position = entry.After;
        return entry.Document;
    }

    /// <summary>Stops reading ahead.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _reading.Wait();
        _stop.Dispose();
    }

    private async Task ReadAsync(DocumentFile file, ulong seed, DocumentPosition at)
    {
        try
        {
            while (true)
            {
                int[] order = LineOrder.Of(file.Count, seed, at.Epoch);
                for (; at.Line < order.Length; at = at with { Line = at.Line + 1, Part = 0 })
                {
                    IReadOnlyList<TrainingDocument> documents = file.Read(order[at.Line]);
                    for (int part = at.Part; part < documents.Count; part++)
                    {
                        await _channel.Writer.WriteAsync(new Entry(documents[part], After(at, part + 1, documents.Count, order.Length)), _stop.Token);
                    }
                }

                at = new DocumentPosition(at.Epoch + 1, 0, 0);
            }
        }
        catch (Exception e)
        {
            _channel.Writer.Complete(e);
        }
    }

    private static DocumentPosition After(DocumentPosition at, int part, int parts, int lines) =>
        part < parts ? at with { Part = part }
        : at.Line + 1 < lines ? at with { Line = at.Line + 1, Part = 0 }
        : new DocumentPosition(at.Epoch + 1, 0, 0);
}
