using Ibke.Runtime.Training.LanguageModels;

namespace Ibke.Runtime.Tests.Training.LanguageModels;

public sealed class TrainingRecipeTests : IDisposable
{
    private const string Minimal =
        """
        {"model": {"hidden_size": 32, "layers": 2, "heads": 2, "key_value_heads": 1, "intermediate_size": 64},
         "tokenizer": {"folder": "tokenizer"}, "data": [{"file": "sub/texts.jsonl", "share": 1}], "steps": 5}
        """;

    private readonly TemporaryFolder _folder = new();

    public TrainingRecipeTests()
    {
        Directory.CreateDirectory(_folder["sub"]);
        File.WriteAllText(_folder["sub/texts.jsonl"], "");
    }

    [Fact]
    public void Load_Minimal_HasDefaultsAndFullPaths()
    {
        TrainingRecipe recipe = Load(Minimal);

        Assert.Equal(_folder["tokenizer"], recipe.Tokenizer!.Folder);
        Assert.Equal(Path.Combine(_folder.Path, "sub/texts.jsonl"), recipe.Data[0].File);
        Assert.Equal("texts", recipe.Data[0].Name);
        Assert.Equal(.02f, recipe.Optimizer.MuonRate);
        Assert.Equal(512, recipe.Model!.ContextLength);
        Assert.Equal([0], recipe.CopyingShare.Values);
    }

    [Fact]
    public void ToJson_Loaded_IsTheSameRecipe()
    {
        TrainingRecipe recipe = Load(Minimal.Replace("\"steps\"", "\"copying_share\": [{\"until\": 3, \"value\": 0.5}, {\"value\": 0.1}], \"steps\"", StringComparison.Ordinal));

        Assert.Equal(recipe.ToJson(), Load(recipe.ToJson()).ToJson());
        Assert.Equal([.5, .1], Load(recipe.ToJson()).CopyingShare.Values);
    }

    [Theory]
    [InlineData("\"steps\": 5", "\"steps\": 0", "'steps' is 0")]
    [InlineData("\"steps\": 5", "\"stepz\": 5", "stepz")]
    [InlineData("\"steps\": 5", "\"checkpoint_every\": 5", "steps")]
    [InlineData("\"steps\": 5", "\"steps\": 5, \"tokens_per_pass\": 0", "'tokens_per_pass'")]
    [InlineData("\"steps\": 5", "\"steps\": 5, \"copying_share\": 1", "'copying_share'")]
    [InlineData("\"steps\": 5", "\"steps\": 5, \"copying_share\": [{\"until\": 5, \"value\": 0.1}]", "The last piece must have no end")]
    [InlineData("\"steps\": 5", "\"steps\": 5, \"copying_length\": 7", "'copying_length'")]
    [InlineData("\"steps\": 5", "\"steps\": 5, \"copying_share\": [null]", "piece of a share is null")]
    [InlineData("\"steps\": 5", "\"steps\": 5, \"optimizer\": {\"adamw_rate\": 0}", "learning rate")]
    [InlineData("\"steps\": 5", "\"steps\": 5, \"optimizer\": {\"adamw_betas\": [0.9, 1]}", "'adamw_betas'")]
    [InlineData("\"steps\": 5", "\"steps\": 5, \"optimizer\": {\"flat_share\": 2}", "'flat_share'")]
    [InlineData("\"steps\": 5", "\"steps\": 5, \"start_from\": \"x\"", "'start_from'")]
    [InlineData("\"share\": 1", "\"share\": -1", "'share'")]
    [InlineData("\"share\": 1", "\"share\": 0", "'share'")]
    [InlineData("\"share\": 1}", "\"share\": 1}, {\"file\": \"texts.jsonl\", \"share\": 1}", "'texts'")]
    [InlineData("{\"file\": \"sub/texts.jsonl\", \"share\": 1}", "", "'data' is empty")]
    [InlineData("{\"file\": \"sub/texts.jsonl\", \"share\": 1}", "null", "'data'")]
    [InlineData("\"folder\": \"tokenizer\"", "\"train_on\": [\"a.txt\"]", "'vocabulary_size'")]
    [InlineData("\"folder\": \"tokenizer\"", "\"train_on\": [\"a.txt\"], \"vocabulary_size\": 300, \"pattern\": \"(\"", "'pattern'")]
    [InlineData("\"folder\": \"tokenizer\"", "\"folder\": \"tokenizer\", \"pattern\": \"a\"", "'pattern'")]
    [InlineData("\"folder\": \"tokenizer\"", "", "'tokenizer' needs")]
    [InlineData("\"heads\": 2", "\"heads\": 3", "3 heads")]
    [InlineData("\"layers\": 2", "\"layers\": 0", "layers")]
    [InlineData("\"model\"", "\"start_from\": null, \"model\": null, \"chat_template\"", "chat_template")]
    public void Load_Impossible_SaysWhatToCorrect(string part, string replacement, string named)
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => Load(Minimal.Replace(part, replacement, StringComparison.Ordinal)));

        Assert.Contains("recipe.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sub/texts.jsonl", "sub/text.jsonl", "sub/text.jsonl")]
    [InlineData("\"folder\": \"tokenizer\"", "\"train_on\": [\"names.txt\"], \"vocabulary_size\": 300", "names.txt")]
    [InlineData("\"steps\"", "\"chat_template\": \"chat.jinja\", \"steps\"", "chat.jinja")]
    public void Load_FileMissing_NamesItAndTheFolderItCountsFrom(string part, string replacement, string missing)
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => Load(Minimal.Replace(part, replacement, StringComparison.Ordinal)));

        Assert.Contains($"There is no file {_folder[missing]}", error.Message, StringComparison.Ordinal);
        Assert.Contains("folder of the recipe", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NoFileOrNoJson_SaysSo()
    {
        Assert.Contains("no such recipe", Assert.Throws<InvalidDataException>(() => TrainingRecipe.Load(_folder["none.json"])).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => Load("null"));
        Assert.Throws<InvalidDataException>(() => Load("{"));
    }

    public void Dispose() => _folder.Dispose();

    private TrainingRecipe Load(string json)
    {
        File.WriteAllText(_folder["recipe.json"], json);
        return TrainingRecipe.Load(_folder["recipe.json"]);
    }
}
