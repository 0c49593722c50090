using System.Text.Json;
using Ibke.Runtime.Generation;
using Ibke.Runtime.Generation.Sampling;

namespace Ibke.Runtime.Tests.Generation.Sampling;

public sealed class SamplerTests
{
    private static readonly Dictionary<string, JsonElement> _files = GoldenFiles.FilesNamed("sampling.json")
        .ToDictionary(path => path, path => JsonDocument.Parse(File.ReadAllBytes(path)).RootElement);

    public static TheoryData<string, string> Cases()
    {
        TheoryData<string, string> cases = [];
        foreach ((string path, JsonElement file) in _files)
        {
            foreach (JsonElement golden in file.GetProperty("cases").EnumerateArray())
            {
                cases.Add(path, golden.GetProperty("name").GetString()!);
            }
        }

        return cases;
    }

    [Theory]
    [Trait("Category", "Golden")]
    [MemberData(nameof(Cases))]
    public void Probabilities_ReferenceCase_AgreeWithinTolerance(string path, string name)
    {
        JsonElement file = _files[path];
        JsonElement golden = file.GetProperty("cases").EnumerateArray().First(c => c.GetProperty("name").GetString() == name);
        double tolerance = file.GetProperty("tolerance").GetDouble();
        float[] logits = Floats(file.GetProperty("logits").GetProperty(golden.GetProperty("logits").GetString()!));
        Sampler sampler = new(Options(golden.GetProperty("settings")), logits.Length, Ints(golden.GetProperty("prompt")));
        foreach (int id in Ints(golden.GetProperty("generated")))
        {
            sampler.Add(id);
        }

        double[] actual = sampler.Probabilities(logits);

        double[] expected = [.. golden.GetProperty("probabilities").EnumerateArray().Select(value => value.GetDouble())];
        Assert.Equal(golden.GetProperty("kept").GetInt32(), actual.Count(p => p > 0));
        if (golden.GetProperty("compare").GetString() == "sorted")
        {
            Array.Sort(expected);
            Array.Sort(actual);
        }

        for (int i = 0; i < expected.Length; i++)
        {
            Assert.InRange(actual[i] - expected[i], -tolerance, tolerance);
        }
    }

    [Fact]
    public void Next_SameSeed_GivesTheSameDraws()
    {
        float[] logits = [0.1f, 2, 0.3f, 1.5f, -1, 0];

        Assert.Equal(Draw(7), Draw(7));
        Assert.NotEqual(Draw(7), Draw(8));

        int[] Draw(ulong seed)
        {
            Sampler sampler = new(new GenerationOptions { Temperature = 1, Seed = seed }, logits.Length, []);
            return [.. Enumerable.Range(0, 40).Select(_ => sampler.Next(logits.ToArray()))];
        }
    }

    [Fact]
    public void Next_ManyDraws_FollowTheProbabilities()
    {
        float[] logits = [0, MathF.Log(2), float.NegativeInfinity, MathF.Log(5)];
        Sampler sampler = new(new GenerationOptions { Temperature = 1, Seed = 1 }, logits.Length, []);
        int[] counts = new int[logits.Length];

        for (int i = 0; i < 20_000; i++)
        {
            counts[sampler.Next(logits.ToArray())]++;
        }

        Assert.Equal(0, counts[2]);
        Assert.InRange(counts[0] / 20_000.0, 0.115, 0.135);
        Assert.InRange(counts[1] / 20_000.0, 0.24, 0.26);
        Assert.InRange(counts[3] / 20_000.0, 0.61, 0.64);
    }

    [Theory]
    [InlineData(1e-6f)]
    [InlineData(1e-40f)]
    [InlineData(float.Epsilon)]
    public void Next_TinyTemperature_TakesTheLargest(float temperature)
    {
        Sampler sampler = new(new GenerationOptions { Temperature = temperature, TopP = 0.9f, TypicalP = 0.9f }, 4, []);

        Assert.Equal(2, sampler.Next([-50, 80, 90, 0]));
    }

    [Fact]
    public void Next_EveryTokenBanned_SaysSo()
    {
        Dictionary<int, float> bias = Enumerable.Range(0, 3).ToDictionary(id => id, _ => float.NegativeInfinity);
        Sampler sampler = new(new GenerationOptions { Temperature = 1, LogitBias = bias }, 3, []);

        Assert.Throws<InvalidOperationException>(() => sampler.Next([1, 2, 3]));
    }

    [Fact]
    public void IsPlainGreedy_AnythingThatChangesLogits_IsFalse()
    {
        Assert.True(Plain(new GenerationOptions { TopK = 5, Seed = 3 }));
        Assert.False(Plain(new GenerationOptions { Temperature = 0.1f }));
        Assert.False(Plain(new GenerationOptions { RepetitionPenalty = 1.1f }));
        Assert.False(Plain(new GenerationOptions { PresencePenalty = 0.1f }));
        Assert.False(Plain(new GenerationOptions { LogitBias = new Dictionary<int, float> { [0] = 1 } }));

        static bool Plain(GenerationOptions options) => new Sampler(options, 4, []).IsPlainGreedy;
    }

    private static int[] Ints(JsonElement list) => [.. list.EnumerateArray().Select(value => value.GetInt32())];

    private static float[] Floats(JsonElement list) => [.. list.EnumerateArray().Select(value => value.GetSingle())];

    private static GenerationOptions Options(JsonElement settings)
    {
        Assert.Empty(settings.EnumerateObject().Select(property => property.Name).Except(
            ["temperature", "top_k", "top_p", "min_p", "typical_p", "repetition_penalty", "frequency_penalty", "presence_penalty", "logit_bias"]));
        GenerationOptions options = new()
        {
            Temperature = Get("temperature", 1),
            TopK = (int)Get("top_k", 0),
            TopP = Get("top_p", 1),
            MinP = Get("min_p", 0),
            TypicalP = Get("typical_p", 1),
            RepetitionPenalty = Get("repetition_penalty", 1),
            FrequencyPenalty = Get("frequency_penalty", 0),
            PresencePenalty = Get("presence_penalty", 0),
            LogitBias = settings.TryGetProperty("logit_bias", out JsonElement bias)
                ? bias.EnumerateObject().ToDictionary(property => int.Parse(property.Name), property => property.Value.GetSingle())
                : null,
        };
        options.Validate();
        return options;

        float Get(string name, float missing) => settings.TryGetProperty(name, out JsonElement value) ? value.GetSingle() : missing;
    }
}
