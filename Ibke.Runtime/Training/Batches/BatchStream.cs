using Ibke.Runtime.Generation.Sampling;
using Ibke.Runtime.Training.Data;
using Ibke.Runtime.Training.Schedules;

namespace Ibke.Runtime.Training.Batches;

/// <summary>A file of documents and its part of a batch.</summary>
/// <param name="Name">What it is called in reports.</param>
/// <param name="File">The documents.</param>
/// <param name="Share">Its tokens, against those of the other files at the same step; of any scale.</param>
internal sealed record BatchSource(string Name, DocumentFile File, StepValues Share);

/// <summary>How batches are made.</summary>
/// <param name="TokensPerStep">Tokens of a step, on average: documents are not cut.</param>
/// <param name="TokensPerPass">The most tokens that go through the network at once, where documents are not longer.</param>
/// <param name="LongestDocument">Rows of a document beyond which it is cut.</param>
/// <param name="Copying">Makes copying rows; null where there are none.</param>
/// <param name="CopyingShare">Their share of the tokens, in [0, 1].</param>
/// <param name="CopyingLength">The length of the longest of them.</param>
/// <param name="Seed">Chooses the order of documents and the copying rows.</param>
internal sealed record BatchSettings(
    int TokensPerStep, int TokensPerPass, int LongestDocument, CopyingRows? Copying, StepValues CopyingShare, StepValues CopyingLength, ulong Seed);

/// <summary>
/// Makes the batches of one step after the other. Every source has a balance of tokens, to which each step adds its share; it gives documents while
/// the balance is positive, so that over the steps the shares hold whatever the lengths of documents.
/// </summary>
/// <remarks>What a step holds depends on the sources, the settings and the position alone. Belongs to one thread.</remarks>
internal sealed class BatchStream : IDisposable
{
    /// <summary>Documents in a row without a learned token after which it is no accident.</summary>
    private const int MostEmpty = 10_000;

    private readonly IReadOnlyList<BatchSource> _sources;
    private readonly BatchSettings _settings;
    private readonly DocumentStream[] _streams;
    private readonly double[] _balances;
    private readonly BatchPacker _packer = new();
    private int _step;
    private int _empty;

    /// <summary>Goes on from a position.</summary>
    /// <param name="sources">At least one; the files stay the caller's.</param>
    /// <param name="settings">How batches are made.</param>
    /// <param name="start">A position of a stream with the same sources and settings.</param>
    public BatchStream(IReadOnlyList<BatchSource> sources, BatchSettings settings, BatchPosition start)
    {
        _sources = sources;
        _settings = settings;
        _balances = [.. start.Balances];
        _step = start.Step;
        _streams = [.. sources.Select((source, i) => new DocumentStream(source.File, SeedOf(i + 1), start.Documents[i]))];
    }

    /// <summary>Where the next step begins.</summary>
    public BatchPosition Position => new(_step, [.. _streams.Select(stream => stream.Position)], [.. _balances]);

    /// <summary>The batches of the next step.</summary>
    /// <param name="cancellation">Ends the waiting for documents.</param>
    /// <exception cref="TrainingDataException">A line of a file cannot be used.</exception>
    public PreparedStep Next(CancellationToken cancellation)
    {
        List<TrainingBatch> batches = [];

        // Where documents are longer than a step, some steps' shares have been given already.
        do
        {
            Fill(batches, cancellation);
        }
        while (_packer.Rows == 0);

        batches.Add(_packer.Pack());
        int step = _step++;
        return new PreparedStep(step, batches, Position);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (DocumentStream stream in _streams)
        {
            stream.Dispose();
        }
    }

    private void Fill(List<TrainingBatch> batches, CancellationToken cancellation)
    {
        AddShares();
        for (int source = 0; source < _sources.Count; source++)
        {
            while (_balances[source] > 0)
            {
                Add(_streams[source].Next(cancellation), source, batches);
            }
        }

        RandomSource random = new(SeedOf(0) + (ulong)_step);
        while (_settings.Copying is { } copying && _balances[^1] > 0)
        {
            Add(copying.Next(random, Math.Min((int)_settings.CopyingLength.At(_step), _settings.LongestDocument)), _sources.Count, batches);
        }
    }

    private void AddShares()
    {
        double copied = _settings.Copying is null ? 0 : _settings.CopyingShare.At(_step);
        double all = _sources.Sum(source => source.Share.At(_step));
        for (int i = 0; i < _sources.Count; i++)
        {
            _balances[i] += _settings.TokensPerStep * (1 - copied) * _sources[i].Share.At(_step) / all;
        }

        _balances[^1] += _settings.TokensPerStep * copied;
    }

    private void Add(TrainingDocument document, int source, List<TrainingBatch> batches)
    {
        if (document.Length > _settings.LongestDocument + 1)
        {
            int kept = _settings.LongestDocument + 1;
            document = new TrainingDocument(document.Ids[..kept], document.Weights[..kept], document.Kind);
        }

        int rows = BatchPacker.RowsOf(document);
        _empty = rows == 0 ? _empty + 1 : 0;
        if (_empty > MostEmpty)
        {
            throw new InvalidDataException(
                $"{_sources[source].File.Path}: {MostEmpty} documents in a row teach nothing within the context of {_settings.LongestDocument} tokens. "
                + "Shorten them, or give the model a longer context.");
        }

        if (_packer.Rows > 0 && _packer.Rows + rows > _settings.TokensPerPass)
        {
            batches.Add(_packer.Pack());
        }

        _packer.Add(document, source);

        // A document that teaches nothing counts too, or a file of such documents would be read for ever.
        _balances[source] -= Math.Max(1, rows);
    }

    // Sources that are numbered alike in runs with neighbouring seeds have nothing in common.
    private ulong SeedOf(int source) => new RandomSource(_settings.Seed).NextBits() ^ new RandomSource(~(ulong)source).NextBits();
}
