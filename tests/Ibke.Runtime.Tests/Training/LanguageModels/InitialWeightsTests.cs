using Ibke.Runtime.Models;
using Ibke.Runtime.Tests.Models;
using Ibke.Runtime.Training.LanguageModels;

namespace Ibke.Runtime.Tests.Training.LanguageModels;

public class InitialWeightsTests
{
    private static readonly TransformerConfig _config = new NetworkSizes
    {
        HiddenSize = 128, Layers = 2, Heads = 4, KeyValueHeads = 2, IntermediateSize = 96, ContextLength = 64,
    }.ToConfig(200);

    [Fact]
    public void Draw_FirstHead_LooksAtTheTokenBefore()
    {
        Dictionary<string, float[]> weights = Draw(3);
        float[] query = Projected(weights, "q_proj", token: 7), key = Projected(weights, "k_proj", token: 90);

        // Scores of the keys 0 … 40 positions before the query, as rotary embeddings make them.
        double[] scores = [.. Enumerable.Range(0, 41).Select(distance => Score(query, key, distance))];

        Assert.Equal(1, Array.IndexOf(scores, scores.Max()));
        double others = scores.Where((_, distance) => distance != 1).Sum(score => Math.Exp(score - scores[1]));
        Assert.InRange(others, 0, .1);
    }

    [Fact]
    public void Draw_SameSeed_GivesSameWeights()
    {
        Dictionary<string, float[]> one = Draw(3), same = Draw(3), other = Draw(4);

        Assert.All(one, pair => Assert.Equal(pair.Value, same[pair.Key]));
        Assert.NotEqual(one["model.layers.1.mlp.up_proj.weight"], other["model.layers.1.mlp.up_proj.weight"]);
        Assert.All(one.Where(pair => pair.Key.EndsWith("norm.weight", StringComparison.Ordinal)), pair => Assert.All(pair.Value, value => Assert.Equal(1, value)));
    }

    private static Dictionary<string, float[]> Draw(ulong seed) => InitialWeights.Draw(_config, TestEngine.Shared, seed)
        .ToDictionary(parameter => parameter.Name, parameter => parameter.Values, StringComparer.Ordinal);

    private static float[] Projected(Dictionary<string, float[]> weights, string name, int token)
    {
        int hidden = _config.HiddenSize;
        float[] embedding = weights["model.embed_tokens.weight"][(token * hidden)..((token + 1) * hidden)];
        double size = Math.Sqrt(embedding.Average(value => value * value));
        float[] matrix = weights[$"model.layers.0.self_attn.{name}.weight"];
        return [.. Enumerable.Range(0, _config.HeadSize).Select(row =>
            (float)embedding.Select((value, i) => value / size * matrix[(row * hidden) + i]).Sum())];
    }

    private static double Score(float[] query, float[] key, int distance)
    {
        int half = _config.HeadSize / 2;
        double sum = 0;
        for (int i = 0; i < half; i++)
        {
            double angle = distance * Math.Pow(_config.Rope!.Theta, -(double)i / half);
            (double sine, double cosine) = Math.SinCos(angle);
            double first = (query[i] * cosine) - (query[i + half] * sine), second = (query[i + half] * cosine) + (query[i] * sine);
            sum += (first * key[i]) + (second * key[i + half]);
        }

        return sum / Math.Sqrt(_config.HeadSize);
    }
}
