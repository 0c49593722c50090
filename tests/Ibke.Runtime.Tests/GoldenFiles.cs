using System.Text.Json;

namespace Ibke.Runtime.Tests;

/// <summary>
/// Finds reference cases. A small selection is committed beside the tests; the full set is below the folder named by <c>IBKE_GOLDENS</c>, or
/// else below <c>../shared/goldens</c> beside the repository. A case is known by its files, at any depth: the folder may be the whole set, a
/// part of it, or a single case. A case of the full set takes the place of the committed one of the same name.
/// </summary>
internal static class GoldenFiles
{
    /// <summary>The variable that names a folder.</summary>
    public const string Variable = "IBKE_GOLDENS";

    private static readonly EnumerationOptions _everywhere = new() { RecurseSubdirectories = true, MaxRecursionDepth = 32, AttributesToSkip = 0 };
    private static readonly Lazy<ILookup<string, string>> _committed = new(() => FilesByFolder(Committed));
    private static readonly Lazy<ILookup<string, string>> _full = new(() => FilesByFolder(Full));

    /// <summary>The repository's root: the nearest folder above the test assembly that holds the solution.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    /// <summary>Selected cases, part of the repository.</summary>
    public static string Committed { get; } = Path.Combine(RepositoryRoot, "tests", "goldens");

    /// <summary>The folder named by <c>IBKE_GOLDENS</c>, or null.</summary>
    public static string? Named { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : null;

    /// <summary>The full set, or null where it is not on this machine.</summary>
    public static string? Full { get; } = FindFull();

    /// <summary>Folders of checkpoints and of what the reference implementation computes with them.</summary>
    public static IReadOnlyList<string> Models => FoldersWith("config.json", "expected.safetensors");

    /// <summary>Folders of tokenizers and of what they give.</summary>
    public static IReadOnlyList<string> Tokenizers => FoldersWith("tokenizer.json", "cases.json");

    /// <summary>Files of conversations rendered by a model's template.</summary>
    public static IReadOnlyList<string> Templates => Find(static files => files.Where(IsTemplateCase), static file => Path.GetFileName(file));

    /// <summary>Folders of recorded training runs.</summary>
    public static IReadOnlyList<string> Trainings => FoldersWith("config.json", "batches.safetensors");

    /// <summary>Files that hold all cases of their kind, such as <c>jinja.json</c>.</summary>
    public static IReadOnlyList<string> FilesNamed(string name) =>
        Find(files => files.Where(file => Path.GetFileName(file) == name), static file => Path.GetFileName(file));

    /// <summary>Every case below the full set, of whatever kind.</summary>
    public static IEnumerable<string> FoundInFull()
    {
        string[] kinds = ["components.json", "ops.json", "sampling.json", "jinja.json", "tool_formats.json"];
        IEnumerable<string> all = kinds.SelectMany(FilesNamed).Concat(Models).Concat(Tokenizers).Concat(Templates).Concat(Trainings);
        HashSet<string> full = [.. _full.Value.SelectMany(folder => folder.Append(folder.Key))];
        return all.Where(full.Contains);
    }

    private static IReadOnlyList<string> FoldersWith(params string[] names) => Find(
        files => names.All(name => files.Any(file => Path.GetFileName(file) == name)) ? [files.Key] : [],
        static folder => Path.GetFileName(folder));

    private static string[] Find(Func<IGrouping<string, string>, IEnumerable<string>> cases, Func<string, string> name)
    {
        string[] full = [.. _full.Value.SelectMany(cases).Order(StringComparer.Ordinal)];
        IEnumerable<string> committed = _committed.Value.SelectMany(cases).Order(StringComparer.Ordinal);
        return [.. full, .. committed.ExceptBy(full.Select(name), name)];
    }

    // A file that cannot be read counts as a case, so that it fails by its name.
    private static bool IsTemplateCase(string file)
    {
        if (Path.GetExtension(file) != ".json" || Directory.GetFiles(Path.GetDirectoryName(file)!).Any(IsOfModelOrTokenizer))
        {
            return false;
        }

        try
        {
            using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(file));
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("template", out _) && json.RootElement.TryGetProperty("cases", out _);
        }
        catch (JsonException)
        {
            return true;
        }
    }

    private static bool IsOfModelOrTokenizer(string file) => Path.GetFileName(file) is "config.json" or "tokenizer.json";

    private static ILookup<string, string> FilesByFolder(string? root) => (root is null ? [] : Directory.EnumerateFiles(root, "*", _everywhere))
        .ToLookup(static file => Path.GetDirectoryName(file)!, StringComparer.Ordinal);

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

    // Tests run in a folder of their own; a relative path is meant from where the test run was started, or from the repository.
    private static string? FindFull()
    {
        string[] candidates = Named is null
            ? [Path.Combine(RepositoryRoot, "..", "shared", "goldens")]
            : [Path.Combine(Environment.GetEnvironmentVariable("PWD") ?? "", Named), Path.Combine(RepositoryRoot, Named)];
        return candidates.Select(Path.GetFullPath).Select(Path.TrimEndingDirectorySeparator).FirstOrDefault(Directory.Exists);
    }
}
