using System.Security.Cryptography;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Models;

namespace Ibke.Runtime.Tests.Models;

public sealed class LanguageModelTests
{
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
    [InlineData("tokenizer.json")]
    public void Load_FileMissing_NamesIt(string missing)
    {
        using TemporaryFolder folder = new();
        foreach (string file in Directory.EnumerateFiles(Atlas.Folder).Where(file => Path.GetFileName(file) != missing))
        {
            File.Copy(file, folder[Path.GetFileName(file)]);
        }

        Assert.Contains(missing, Assert.Throws<CheckpointException>(() => LanguageModel.Load(folder.Path)).Message);
    }
}
