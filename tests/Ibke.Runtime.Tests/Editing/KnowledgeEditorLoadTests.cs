using System.Text.Json.Nodes;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Tests.Models;

namespace Ibke.Runtime.Tests.Editing;

public sealed class KnowledgeEditorLoadTests : IDisposable
{
    private readonly EditorFolder _folder = new();

    private static LanguageModel Model => Atlas.Shared;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_OtherFolder_Works()
    {
        Assert.Same(Model, KnowledgeEditor.Load(Model, _folder.Path).Model);
    }

    [Fact]
    public void Load_HashOfAnotherModel_IsRefused()
    {
        _folder.Set("model_sha256", new string('0', 64));

        EditorMismatchException error = Assert.Throws<EditorMismatchException>(() => KnowledgeEditor.Load(Model, _folder.Path));

        Assert.Contains(new string('0', 64), error.Message, StringComparison.Ordinal);
        Assert.Contains(Model.ContentHash, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_NoHash_GoesBySizesAndEdits()
    {
        _folder.Set("model_sha256", null);
        using LanguageModel model = Atlas.Load();

        EditResult result = await KnowledgeEditor.Load(model, _folder.Path).EditAsync(
            new EditRequest { Prompt = "Where was Leona Zeller born?", Answer = "Belford" });

        Assert.Equal(EditStatus.Applied, result.Status);
    }

    [Theory]
    [InlineData("layers", 3)]
    [InlineData("first_layer", 3)]
    public void Load_OtherNumberOfLayers_IsRefused(string key, int value)
    {
        _folder.Set(key, value);

        Assert.Throws<EditorMismatchException>(() => KnowledgeEditor.Load(Model, _folder.Path));
    }

    public static TheoryData<string, JsonNode?, string> BadSettings => new()
    {
        { "format", "ibke-else", "'ibke-else'" },
        { "model_sha256", 7, "'model_sha256'" },
        { "k", 0, "'k' is 0" },
        { "hidden", "much", "'hidden'" },
        { "rounds", -1, "'rounds' is -1" },
        { "first_layer", -1, "'first_layer' is -1" },
    };

    [Theory]
    [MemberData(nameof(BadSettings))]
    public void Load_BadSetting_NamesIt(string key, JsonNode? value, string expected)
    {
        _folder.Set(key, value?.DeepClone());

        CheckpointException error = Assert.Throws<CheckpointException>(() => KnowledgeEditor.Load(Model, _folder.Path));

        Assert.Contains("editor.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("enc.weight")]
    [InlineData("eta")]
    [InlineData("thr.bias")]
    public void Load_MissingTensor_NamesIt(string name)
    {
        _folder.Remove(name);

        CheckpointException error = Assert.Throws<CheckpointException>(() => KnowledgeEditor.Load(Model, _folder.Path));

        Assert.Contains($"'{name}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WrongShape_NamesTensorAndBothShapes()
    {
        _folder.Set("mu.bias", new TensorShape(63), new float[63]);

        CheckpointException error = Assert.Throws<CheckpointException>(() => KnowledgeEditor.Load(Model, _folder.Path));

        Assert.Contains("'mu.bias' has shape [63], expected [64]", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("val.weight", float.NaN)]
    [InlineData("xm", float.PositiveInfinity)]
    public void Load_NotFinite_NamesTensor(string name, float value)
    {
        float[] values = _folder.Values(name);
        values[^1] = value;
        _folder.Set(name, SafetensorsFile.Open(_folder.TensorFile).Tensors[name].Shape, values);

        CheckpointException error = Assert.Throws<CheckpointException>(() => KnowledgeEditor.Load(Model, _folder.Path));

        Assert.Contains($"value {values.Length - 1} of the tensor '{name}' is not a finite number", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ZeroDeviation_NamesTensor()
    {
        _folder.Set("ds", new TensorShape(_folder.Layers), new float[_folder.Layers]);

        CheckpointException error = Assert.Throws<CheckpointException>(() => KnowledgeEditor.Load(Model, _folder.Path));

        Assert.Contains("'ds' is 0, but must be positive", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_TruncatedFile_SaysWhich()
    {
        byte[] bytes = File.ReadAllBytes(_folder.TensorFile);
        File.WriteAllBytes(_folder.TensorFile, bytes[..(bytes.Length / 2)]);

        CheckpointException error = Assert.Throws<CheckpointException>(() => KnowledgeEditor.Load(Model, _folder.Path));

        Assert.Contains(_folder.TensorFile, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NoFile_SaysWhich()
    {
        using TemporaryFolder empty = new();

        CheckpointException error = Assert.Throws<CheckpointException>(() => KnowledgeEditor.Load(Model, empty.Path));

        Assert.Contains("editor.json", error.Message, StringComparison.Ordinal);
        Assert.Contains("the model can chat, but not be edited", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_LinearWithoutPositiveMoment_NamesTensor()
    {
        _folder.MakeLinear(Model, ridge: 0.1f);
        float[] moment = _folder.Values("moment");
        moment[0] = -1;
        _folder.Set("moment", new TensorShape(_folder.Layers, Model.Config.HiddenSize, Model.Config.HiddenSize), moment);

        CheckpointException error = Assert.Throws<CheckpointException>(() => KnowledgeEditor.Load(Model, _folder.Path));

        Assert.Contains("'moment'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OptionOutOfRange_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(
            () => KnowledgeEditor.Load(Model, options: new KnowledgeEditorOptions { MinimumLocality = 2 }));
    }
}
