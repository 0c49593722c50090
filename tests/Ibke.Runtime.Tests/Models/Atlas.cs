using Ibke.Runtime.Models;

namespace Ibke.Runtime.Tests.Models;

/// <summary>The embedded model. Tests that publish edits load their own.</summary>
internal static class Atlas
{
    private static readonly Lazy<LanguageModel> _shared = new(Load);

    public static string Folder { get; } = Path.Combine(GoldenFiles.RepositoryRoot, "samples", "models", "atlas");

    /// <summary>A model that nobody edits; never disposed.</summary>
    public static LanguageModel Shared => _shared.Value;

    public static LanguageModel Load() => LanguageModel.Load(Folder, new LanguageModelOptions { Engine = TestEngine.Shared });

    /// <summary>A question as the model is asked it.</summary>
    public static string Prompt(string question) => $"<|im_start|>user\n{question}<|im_end|>\n<|im_start|>assistant\n";
}
