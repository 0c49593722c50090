using Ibke.Atlas.Cases;
using Ibke.Atlas.Formats;
using Ibke.Atlas.Skills;
using Ibke.Atlas.Wordings;
using Ibke.Atlas.World;

namespace Ibke.Atlas.Files;

/// <summary>
/// Writes everything that the embedded model and its editor are trained on and measured with. The same seed gives the same bytes, on every platform.
/// </summary>
public sealed class WorldWriter
{
    private readonly int _seed;
    private readonly double _share;
    private readonly WorldFile[] _training;
    private readonly WorldFile[] _tests;

    /// <summary>Prepares the files.</summary>
    /// <param name="seed">Decides everything but the facts of the world, which are given.</param>
    /// <param name="share">The share of the training rows that is written, above 0, at most 1; the test files are always whole.</param>
    public WorldWriter(int seed, double share = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(share);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        _seed = seed;
        _share = share;
        AtlasWorld world = AtlasWorld.Load();
        PhraseBook phrases = PhraseBook.Load();
        EditFiles edits = new(world, phrases);
        _training = [.. new TrainingFiles(world, phrases, PhraseBook.LoadWide()).All, .. edits.Training];
        _tests = [.. edits.Tests, .. new SkillSuites(world, phrases).All, .. new ModelFiles(world, phrases).All];
    }

    /// <summary>The number of files.</summary>
    public int Count => _training.Length + _tests.Length;

    /// <summary>Writes the files, each aside and then renamed.</summary>
    /// <param name="folder">Where to; made if it does not exist.</param>
    /// <param name="finished">Told of each finished file: its name and the number of its rows. May be called from several threads.</param>
    /// <param name="cancellation">Leaves no half-written file under a file's name.</param>
    public void Write(string folder, Action<string, int>? finished = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Directory.CreateDirectory(folder);
        WorldFile[] files = [.. _training.Select(file => file with { Rows = Math.Max(1, (int)(file.Rows * _share)) }), .. _tests];
        Parallel.ForEach(files, new ParallelOptions { CancellationToken = cancellation }, file =>
        {
            string path = Path.Combine(folder, file.Name);
            string aside = path + ".part";
            using (FileStream stream = new(aside, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20))
            {
                file.Write(stream, SeededRandom.For(_seed, file.Name), file.Rows);
            }

            File.Move(aside, path, overwrite: true);
            finished?.Invoke(file.Name, file.Rows);
        });
    }
}
