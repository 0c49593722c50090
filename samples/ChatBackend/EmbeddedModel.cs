using Ibke.Runtime.Hosting;

namespace Ibke.Samples.ChatBackend;

/// <summary>What is served where the configuration names no model: the embedded one, with its directory of facts.</summary>
internal static class EmbeddedModel
{
    /// <summary>Fills in what is not configured.</summary>
    public static void SetDefaults(IbkeOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Model))
        {
            options.Model = Path.Combine(AppContext.BaseDirectory, "atlas");
            if (options.Sources.Count == 0)
            {
                options.Sources.Add(new IbkeSourceOptions { Place = Path.Combine(AppContext.BaseDirectory, "directory.csv") });
            }
        }

        if (options.Journal is { File: null, Postgres: null })
        {
            string folder = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "ibke");
            Directory.CreateDirectory(folder);
            options.Journal.File = Path.Combine(folder, Path.GetFileName(Path.TrimEndingDirectorySeparator(options.Model)) + ".edits.db");
        }
    }
}
