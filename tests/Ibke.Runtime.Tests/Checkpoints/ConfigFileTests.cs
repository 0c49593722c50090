using Ibke.Runtime.Checkpoints;

namespace Ibke.Runtime.Tests.Checkpoints;

public sealed class ConfigFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Get_ValuesOfAllKinds_Reads()
    {
        ConfigFile config = Open(
            """{"i":7,"whole":2.0,"f":1e-5,"b":true,"s":"silu","none":null,"o":{"k":3},"l":[2,0],"x":[0.5,1],"names":["A"]}""");

        Assert.Equal((7, 2, 9), (config.GetInt("i"), config.GetInt("whole"), config.GetInt("absent", 9)));
        Assert.Equal((1e-5f, 7f, 0.5f), (config.GetFloat("f"), config.GetFloat("i"), config.GetFloat("none", 0.5f)));
        Assert.Equal((true, true), (config.GetBool("b"), config.GetBool("absent", true)));
        Assert.Equal(("silu", null), (config.GetString("s"), config.GetString("none", null)));
        Assert.Equal(3, config.TryGetObject("o")!.GetInt("k"));
        Assert.Null(config.TryGetObject("none"));
        Assert.Equal([2, 0], config.GetInts("l"));
        Assert.Equal([7], config.GetInts("i"));
        Assert.Equal([0.5f, 1f], config.GetFloats("x"));
        Assert.Equal(["A"], config.GetStrings("names"));
        Assert.Empty(config.GetInts("absent"));
        Assert.False(config.Has("none"));
        Assert.DoesNotContain("none", config.Keys);
    }

    [Fact]
    public void Get_WrongKind_NamesFileKeyAndFinding()
    {
        ConfigFile config = Open("""{"hidden_size":"big","deep":{"factor":[]},"eps":1e99,"half":0.5,"flag":1,"name":3}""");

        AssertError(() => config.GetInt("hidden_size"), "'hidden_size' must be a whole number, found \"big\"");
        AssertError(() => config.GetInt("half"), "'half' must be a whole number, found 0.5");
        AssertError(() => config.GetFloat("eps"), "'eps' must be a number, found 1e99");
        AssertError(() => config.GetBool("flag"), "'flag' must be true or false, found 1");
        AssertError(() => config.GetString("name"), "'name' must be a text, found 3");
        AssertError(() => config.TryGetObject("name"), "'name' must be an object, found 3");
        AssertError(() => config.GetInt("absent"), "'absent' (a whole number) is missing");
        AssertError(() => config.TryGetObject("deep")!.GetFloat("factor"), "'deep.factor' must be a number, found []");
    }

    [Theory]
    [InlineData("[1]", "an object is expected, found [1]")]
    [InlineData("{", "not JSON")]
    [InlineData("", "not JSON")]
    [InlineData("""{"a":1,"a":2}""", "not JSON")]
    public void Open_NoObject_SaysSo(string json, string expected) => AssertError(() => Open(json), expected);

    [Fact]
    public void Open_BytesThatAreNotUtf8_SaysSo()
    {
        File.WriteAllBytes(_folder["config.json"], [.. "{\"a"u8, 0xFF, .. "\":1}"u8]);
        AssertError(() => ConfigFile.Open(_folder.Path), "not UTF-8");
    }

    [Fact]
    public void Open_ByteOrderMark_IsSkipped()
    {
        File.WriteAllBytes(_folder["config.json"], [0xEF, 0xBB, 0xBF, .. "{\"a\":1}"u8]);
        Assert.Equal(1, ConfigFile.Open(_folder.Path).GetInt("a"));
    }

    [Fact]
    public void Open_MissingOrUnreadableFile_SaysSo()
    {
        AssertError(() => ConfigFile.Open(_folder.Path), "does not exist");
        Directory.CreateDirectory(_folder["config.json"]);
        AssertError(() => ConfigFile.Open(_folder.Path), "cannot be read");
    }

    [Fact]
    public void GenerationConfig_BothFiles_PrefersItsOwn()
    {
        File.WriteAllText(_folder["config.json"], """{"eos_token_id":5,"bos_token_id":1,"pad_token_id":null}""");
        File.WriteAllText(
            _folder["generation_config.json"],
            """{"eos_token_id":[2,0],"do_sample":true,"temperature":0.6,"top_k":20,"top_p":0.9,"max_new_tokens":128,"repetition_penalty":1.05}""");

        GenerationConfig config = GenerationConfig.Load(_folder.Path);

        Assert.Equal([2, 0], config.EosTokenIds);
        Assert.Equal((1, null), (config.BosTokenId, config.PadTokenId));
        Assert.Equal((true, 0.6f, 20, 0.9f), (config.DoSample, config.Temperature, config.TopK, config.TopP));
        Assert.Equal((128, 1.05f), (config.MaxNewTokens, config.RepetitionPenalty));
    }

    [Fact]
    public void GenerationConfig_OnlyModelConfig_TakesItsTokens()
    {
        File.WriteAllText(_folder["config.json"], """{"eos_token_id":5}""");

        GenerationConfig config = GenerationConfig.Load(_folder.Path);

        Assert.Equal([5], config.EosTokenIds);
        Assert.Null(config.Temperature);
    }

    [Theory]
    [InlineData("""{"temperature":-1}""", "'temperature' is -1; it must be at least 0")]
    [InlineData("""{"top_p":1.5}""", "'top_p' is 1.5; it must be above 0")]
    [InlineData("""{"top_k":"all"}""", "'top_k' must be a whole number")]
    [InlineData("""{"max_new_tokens":0}""", "'max_new_tokens' is 0")]
    public void GenerationConfig_ValueOutOfRange_SaysSo(string json, string expected)
    {
        File.WriteAllText(_folder["generation_config.json"], json);

        AssertError(() => GenerationConfig.Load(_folder.Path), expected);
    }

    private static void AssertError(Action action, string expected) =>
        Assert.Contains(expected, Assert.Throws<CheckpointException>(action).Message);

    private static void AssertError(Func<object?> action, string expected) =>
        Assert.Contains(expected, Assert.Throws<CheckpointException>(action).Message);

    private ConfigFile Open(string json)
    {
        File.WriteAllText(_folder["config.json"], json);
        return ConfigFile.Open(_folder.Path);
    }
}
