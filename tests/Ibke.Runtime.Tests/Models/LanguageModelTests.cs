using System.Security.Cryptography;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Generation;
using Ibke.Runtime.Models;

namespace Ibke.Runtime.Tests.Models;

public sealed class LanguageModelTests
{
    private static readonly string TinyModel = Path.Combine(GoldenFiles.Committed, "models", "llama-gqa-tied-bf16");
    private static readonly string TinyTokenizer = Path.Combine(GoldenFiles.Committed, "tokenizers", "tiny-160");

    [Fact]
    public void Load_Folder_GivesEverythingInIt()
    {
        using LanguageModel model = Atlas.Load();

        Assert.Equal("atlas", model.Id);
        Assert.Equal(6, model.Config.Layers);
        Assert.NotNull(model.Template);
        Assert.Equal([0, 2], model.EndOfSequenceIds.Order());
        Assert.Same(WeightVersion.Base, model.Versions.Current);
        byte[] weights = File.ReadAllBytes(Path.Combine(Atlas.Folder, "model.safetensors"));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(weights)), model.ContentHash);
        Assert.Equal(weights.Length, model.Bytes);
    }

    [Fact]
    public void Load_FolderWithSlashAtTheEnd_HasTheFolderAsId()
    {
        using LanguageModel model = LanguageModel.Load(
            Atlas.Folder + Path.DirectorySeparatorChar, new LanguageModelOptions { Engine = TestEngine.Shared });

        Assert.Equal("atlas", model.Id);
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("model.safetensors")]
    public void Load_FileMissing_NamesIt(string missing)
    {
        using TemporaryFolder folder = new();
        foreach (string file in Directory.EnumerateFiles(Atlas.Folder).Where(file => Path.GetFileName(file) != missing))
        {
            File.Copy(file, folder[Path.GetFileName(file)]);
        }

        Assert.Contains(missing, Assert.Throws<CheckpointException>(() => LanguageModel.Load(folder.Path)).Message);
    }

    [Fact]
    public void Load_WithoutTokenizer_ContinuesTokensOnly()
    {
        using LanguageModel model = LanguageModel.Load(TinyModel, new LanguageModelOptions { Engine = TestEngine.Shared });
        using TextGenerator generator = new(model);

        GenerationStep[] steps = [.. generator.Generate([1, 2, 3], new GenerationOptions { MaxNewTokens = 4 })];

        Assert.False(model.HasTokenizer);
        Assert.All(steps, step => Assert.Equal("", step.Text));
        Assert.Equal(4, steps.Length);
        Assert.Contains("tokenizer.json", Assert.Throws<InvalidOperationException>(() => model.Tokenizer).Message);
        Assert.Throws<ArgumentException>(() => generator.Generate([1], new GenerationOptions { StopSequences = ["."] }));
    }

    [Fact]
    public void Load_TokenizerFromElsewhere_BringsItsTemplate()
    {
        using LanguageModel model = LanguageModel.Load(
            TinyModel, new LanguageModelOptions { Engine = TestEngine.Shared, TokenizerFolder = TinyTokenizer });

        Assert.Equal(160, model.Tokenizer.VocabularySize);
        Assert.NotNull(model.Template);
        Assert.Contains(
            "tokenizer.json",
            Assert.Throws<CheckpointException>(() => LanguageModel.Load(
                TinyModel, new LanguageModelOptions { Engine = TestEngine.Shared, TokenizerFolder = TinyModel })).Message);
    }

    [Fact]
    public void Load_TokenizerLargerThanTheEmbedding_SaysSo()
    {
        CheckpointException error = Assert.Throws<CheckpointException>(() => LanguageModel.Load(
            TinyModel, new LanguageModelOptions { Engine = TestEngine.Shared, TokenizerFolder = Atlas.Folder }));

        Assert.Contains("3071", error.Message);
        Assert.Contains("160 rows", error.Message);
    }
}
