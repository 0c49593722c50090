using Ibke.Runtime.Models;

namespace Ibke.SemanticKernel.Tests;

/// <summary>The embedded model of the samples. Loaded once for each test that edits it: edits belong to a model.</summary>
internal static class AtlasModel
{
    public static string Folder { get; } = Path.Combine(FindRoot(), "samples", "models", "atlas");

    public static LanguageModel Load() => LanguageModel.Load(Folder);

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
}
