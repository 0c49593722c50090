using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Models;
using Ibke.Runtime.Models.Families;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Tests.Models;

namespace Ibke.Runtime.Tests.Fuzzing;

/// <summary>Damaged files of a model folder give a <see cref="CheckpointException"/>, and nothing else.</summary>
public sealed class CheckpointFuzzTests : IDisposable
{
    private const string Header = """
        {"__metadata__": {"format": "pt"}, "a": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, "b": {"dtype": "BF16", "shape": [4], "data_offsets": [24, 32]}}
        """;

    private const string Index = """
        {"metadata": {"total_size": 32}, "weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}
        """;

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Models => [.. GoldenFiles.Models];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Safetensors_DamagedHeader_IsRefusedOrRead() => FuzzRun.Run(
        1500,
        random => random.Next(2) == 0
            ? SafetensorsBytes(Damage.Json(Header, random))
            : Damage.Bytes(SafetensorsBytes(Header), random),
        bytes =>
        {
            File.WriteAllBytes(_folder["model.safetensors"], bytes);
            SafetensorsFile file = SafetensorsFile.Open(_folder["model.safetensors"]);
            Assert.All(file.EntryNames, name => Assert.NotNull(file.TypeOf(name)));
            Assert.All(file.Tensors.Values, tensor => Assert.Equal(tensor.Bytes.Length, tensor.Shape.Count * tensor.ElementType.Size()));
        },
        typeof(CheckpointException));

    [Fact]
    public void Index_Damaged_IsRefusedOrRead()
    {
        File.WriteAllBytes(_folder["model-00001-of-00002.safetensors"], SafetensorsBytes("""{"a": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}}""", 24));
        File.WriteAllBytes(_folder["model-00002-of-00002.safetensors"], SafetensorsBytes("""{"b": {"dtype": "BF16", "shape": [4], "data_offsets": [0, 8]}}""", 8));
        FuzzRun.Run(
            1000,
            random => random.Next(3) == 0 ? Damage.Encodable(Damage.Text(Index, random)) : Damage.Json(Index, random),
            json =>
            {
                File.WriteAllText(_folder["model.safetensors.index.json"], json);
                using Checkpoint checkpoint = Checkpoint.Open(_folder.Path);
                Assert.All(checkpoint.Names, name => Assert.NotNull(checkpoint.Get(name)));
            },
            typeof(CheckpointException));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Config_OfEveryFamilyDamaged_IsRefusedOrRead(string folder)
    {
        string config = File.ReadAllText(Path.Combine(folder, "config.json"));
        FuzzRun.Run(
            200,
            random => random.Next(4) == 0 ? Damage.Encodable(Damage.Text(config, random)) : Damage.Json(config, random),
            json =>
            {
                File.WriteAllText(_folder["config.json"], json);
                ModelFamilies.ReadConfig(ConfigFile.Open(_folder.Path));
            },
            typeof(CheckpointException));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Load_ConfigDamaged_IsRefusedOrLoads(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder).Where(file => !Path.GetFileName(file).StartsWith("expected", StringComparison.Ordinal)))
        {
            File.Copy(file, _folder[Path.GetFileName(file)]);
        }

        string config = File.ReadAllText(Path.Combine(folder, "config.json"));
        FuzzRun.Run(
            20,
            random => Damage.Json(config, random),
            json =>
            {
                File.WriteAllText(_folder["config.json"], json);
                using LanguageModel model = LanguageModel.Load(_folder.Path, new LanguageModelOptions { Engine = TestEngine.Shared });
            },
            typeof(CheckpointException));
    }

    [Fact]
    public void GenerationConfig_Damaged_IsRefusedOrRead() => FuzzRun.Run(
        1000,
        random => Damage.Json(
            """{"bos_token_id": 1, "eos_token_id": [2, 5], "pad_token_id": 0, "do_sample": true, "temperature": 0.6, "top_k": 4, "top_p": 0.9, "repetition_penalty": 1.1, "max_new_tokens": 9}""",
            random),
        json =>
        {
            File.WriteAllText(_folder["generation_config.json"], json);
            GenerationConfig.Load(_folder.Path);
        },
        typeof(CheckpointException));

    private static byte[] SafetensorsBytes(string header, int dataBytes = 32) => Checkpoints.SafetensorsBytes.Of(header, dataBytes);
}
