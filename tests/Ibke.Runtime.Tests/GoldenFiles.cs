namespace Ibke.Runtime.Tests;

/// <summary>
/// Finds reference results. A small selection is committed beside the tests; the full set is read from the folder named by
/// <c>IBKE_GOLDENS</c>, or from <c>../shared/goldens</c> beside the repository where that exists.
/// </summary>
internal static class GoldenFiles
{
    /// <summary>The repository's root: the nearest folder above the test assembly that holds the solution.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    /// <summary>Selected cases, part of the repository.</summary>
    public static string Committed { get; } = Path.Combine(RepositoryRoot, "tests", "goldens");

    /// <summary>The full set, or null where it is not on this machine.</summary>
    public static string? Full { get; } = FindFull();

    /// <summary>The folders of one kind (<c>models</c>, <c>ops</c>, …) that exist, committed ones first.</summary>
    public static IEnumerable<string> Folders(string kind) =>
        new[] { Committed, Full }.OfType<string>().Select(root => Path.Combine(root, kind)).Where(Directory.Exists);

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Ibke.Plugin.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Ibke.Plugin.sln above {AppContext.BaseDirectory}.");
    }

    private static string? FindFull()
    {
        string? named = Environment.GetEnvironmentVariable("IBKE_GOLDENS");
        if (!string.IsNullOrEmpty(named))
        {
            return Directory.Exists(named) ? named : throw new DirectoryNotFoundException($"IBKE_GOLDENS names no folder: {named}");
        }

        string beside = Path.Combine(RepositoryRoot, "..", "shared", "goldens");
        return Directory.Exists(beside) ? Path.GetFullPath(beside) : null;
    }
}
