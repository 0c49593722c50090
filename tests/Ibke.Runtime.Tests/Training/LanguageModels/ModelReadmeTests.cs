using Ibke.Runtime.Models;
using Ibke.Runtime.Tests.Models;
using Ibke.Runtime.Training.LanguageModels;

namespace Ibke.Runtime.Tests.Training.LanguageModels;

public sealed class ModelReadmeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Run_Finished_SaysWhatWasTrainedAndByWhat()
    {
        string recipe = TinyTraining.Write(_folder.Path, 3);
        TrainingRun.Run(TrainingRecipe.Load(recipe), _folder["model"], TestEngine.Shared);

        string card = File.ReadAllText(Path.Combine(_folder["model"], "README.md"));
        using LanguageModel model = LanguageModel.Load(_folder["model"]);
        long parameters = model.Transformer.Parameters.Values.Sum(tensor => tensor.Shape.Count);
        Assert.StartsWith("# model\n", card, StringComparison.Ordinal);
        Assert.Contains(
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"A language model of {parameters:N0} parameters, trained from random weights"),
            card,
            StringComparison.Ordinal);
        Assert.Contains($"SHA-256 `{model.ContentHash}`", card, StringComparison.Ordinal);
        Assert.Contains("3 steps of about 300 tokens", card, StringComparison.Ordinal);
        Assert.Contains("| chats | 16 | ", card, StringComparison.Ordinal);
        Assert.Contains("| texts | 8 | ", card, StringComparison.Ordinal);
        Assert.DoesNotContain(_folder.Path, card, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_RecipeOfTheCard_GivesTheSameModel()
    {
        TrainingRun.Run(TrainingRecipe.Load(TinyTraining.Write(_folder.Path, 3)), _folder["model"], TestEngine.Shared);
        string card = File.ReadAllText(Path.Combine(_folder["model"], "README.md"));
        File.WriteAllText(_folder["again.json"], card.Split("```json")[1].Split("```")[0]);

        TrainingRun.Run(TrainingRecipe.Load(_folder["again.json"]), _folder["again"], TestEngine.Shared);

        Assert.Equal(TinyTraining.Weights(_folder["model"]), TinyTraining.Weights(_folder["again"]));
    }

    [Fact]
    public void Run_FolderHasACard_KeepsIt()
    {
        Directory.CreateDirectory(_folder["model"]);
        File.WriteAllText(Path.Combine(_folder["model"], "README.md"), "mine");

        TrainingRun.Run(TrainingRecipe.Load(TinyTraining.Write(_folder.Path, 3)), _folder["model"], TestEngine.Shared);

        Assert.Equal("mine", File.ReadAllText(Path.Combine(_folder["model"], "README.md")));
    }

    public void Dispose() => _folder.Dispose();
}
