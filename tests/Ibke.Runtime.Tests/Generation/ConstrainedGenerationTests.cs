using System.Text.Json;
using Ibke.Runtime.Constraints;
using Ibke.Runtime.Generation;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tests.Constraints;
using Ibke.Runtime.Tests.Models;

namespace Ibke.Runtime.Tests.Generation;

public sealed class ConstrainedGenerationTests
{
    private static readonly string[] _schemas =
    [
        """{"type": "object", "properties": {"id": {"type": "integer", "minimum": 1, "maximum": 99}, "ok": {"type": "boolean"}}, "required": ["id"]}""",
        """{"type": "array", "items": {"enum": ["a", "bc", null]}, "minItems": 1, "maxItems": 4}""",
        """{"$ref": "#/$defs/t", "$defs": {"t": {"type": "object", "properties": {"v": {"type": "string", "maxLength": 4}, "n": {"anyOf": [{"$ref": "#/$defs/t"}, {"type": "null"}]}}, "required": ["v", "n"]}}}""",
        """{"type": "object"}""",
        """{"type": "string", "pattern": "^[a-c]{2}(-\\d)+$"}""",
    ];

    [Fact]
    public void Complete_RandomWeights_AThousandTextsParseAndAreValid()
    {
        string[] folders = [.. GoldenFiles.Models.DistinctBy(Path.GetFileName).Take(8)];
        TextConstraint[] constraints = [.. _schemas.Select(schema => TextConstraint.JsonSchema(JsonElement.Parse(schema)))];
        int done = 0;
        foreach (string folder in folders)
        {
            using LanguageModel model = LanguageModel.Load(folder, new LanguageModelOptions { Engine = TestEngine.Shared, TokenizerFolder = Path.Combine(GoldenFiles.Committed, "tokenizers", "tiny-160") });
            using TextGenerator generator = new(model);
            for (int i = 0; i < (1000 + folders.Length - 1) / folders.Length; i++, done++)
            {
                int schema = i % _schemas.Length;
                GenerationOptions options = new()
                {
                    Constraint = constraints[schema],
                    MaxNewTokens = 24 + i % 24,
                    Temperature = i % 3,
                    TopK = i % 4 == 0 ? 5 : 0,
                    MinP = i % 5 == 0 ? 0.2f : 0,
                    RepetitionPenalty = i % 2 == 0 ? 1.3f : 1,
                    Seed = (ulong)i,
                };

                GeneratedText text = generator.Complete([5 + i % 100], options);

                string? problem = PlainSchemaValidator.Problem(_schemas[schema], text.Text);
                Assert.True(problem is null, $"{Path.GetFileName(folder)}, {i}: {text.Text}: {problem}");
                Assert.Equal(FinishReason.Stop, text.FinishReason);
            }
        }

        Assert.True(done >= 1000);
    }

    [Fact]
    public void Complete_LimitTooSmall_IsRefusedAtTheCall()
    {
        using TextGenerator generator = new(Atlas.Shared);
        GenerationOptions options = new() { Constraint = TextConstraint.JsonSchema(JsonElement.Parse(_schemas[0])), MaxNewTokens = 2 };

        ArgumentException error = Assert.Throws<ArgumentException>(() => generator.Generate([5], options));

        Assert.Contains("room for 2", error.Message);
    }

    [Fact]
    public void Complete_EverythingAllowedIsBanned_Fails()
    {
        using TextGenerator generator = new(Atlas.Shared);
        Dictionary<int, float> bans = Enumerable.Range(0, Atlas.Shared.Config.VocabularySize).ToDictionary(id => id, _ => float.NegativeInfinity);
        bans.Remove(Atlas.Shared.Tokenizer.Encode("x")[0]);
        GenerationOptions options = new() { Constraint = TextConstraint.Json, LogitBias = bans, RepetitionPenalty = 2 };

        Assert.Throws<InvalidOperationException>(() => generator.Complete([5], options));
        Assert.Throws<InvalidOperationException>(() => generator.Complete([5], options with { Temperature = 1, MinP = 0.1f, TypicalP = 0.5f }));
    }

    [Fact]
    public void Complete_StopSequence_EndsTheTextWhereItAppears()
    {
        using TextGenerator generator = new(Atlas.Shared);
        GenerationOptions options = new() { Constraint = TextConstraint.Choice("one two three"), StopSequences = [" two"] };

        GeneratedText text = generator.Complete([5], options);

        Assert.Equal(("one", FinishReason.Stop), (text.Text, text.FinishReason));
    }

    [Fact]
    public void Complete_Cancelled_StopsAtTheNextToken()
    {
        using TextGenerator generator = new(Atlas.Shared);
        using CancellationTokenSource stop = new();
        int steps = 0;

        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (GenerationStep _ in generator.Generate(
                [5], new GenerationOptions { Constraint = TextConstraint.Pattern("^x{100}$"), MaxNewTokens = 120 }, cancellationToken: stop.Token))
            {
                steps++;
                stop.Cancel();
            }
        });

        Assert.Equal(1, steps);
    }

    [Fact]
    public async Task Complete_ManyThreadsOneConstraint_GiveTheTextsOfOne()
    {
        using TextGenerator generator = new(Atlas.Shared);
        string[] alone = [.. Enumerable.Range(0, 8).Select(seed => Text(TextConstraint.JsonSchema(JsonElement.Parse(_schemas[2])), seed))];
        TextConstraint shared = TextConstraint.JsonSchema(JsonElement.Parse(_schemas[2]));

        string[] together = await Task.WhenAll(Enumerable.Range(0, 8).Select(seed => Task.Run(() => Text(shared, seed))));

        Assert.Equal(alone, together);

        string Text(TextConstraint constraint, int seed) =>
            generator.Complete([5], new GenerationOptions { Constraint = constraint, Temperature = 2, Seed = (ulong)seed, MaxNewTokens = 40 }).Text;
    }
}
