using System.Text.Json.Nodes;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Generation;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Cli.Measurements;

/// <summary>How far the predictions of 8-bit weights are from those of the stored ones, both computed in float32.</summary>
/// <param name="Tokens">Tokens after which the next one was predicted.</param>
/// <param name="KlPerToken">Mean KL divergence of the stored weights' prediction from that of the 8-bit ones, nats.</param>
/// <param name="GreedyAgreement">The share of tokens after which both find the same one likeliest.</param>
internal sealed record QuantizationLoss(int Tokens, double KlPerToken, double GreedyAgreement)
{
    private const int RandomSequences = 8;
    private const int RandomLength = 64;

    /// <summary>Compares two models on text; both on one engine.</summary>
    public static QuantizationLoss Measure(LanguageModel stored, LanguageModel quantized, CancellationToken cancellation)
    {
        Operations ops = stored.Engine.Operations;
        int tokens = 0, agreeing = 0;
        double divergence = 0;
        foreach (int[] ids in Texts(stored, cancellation))
        {
            using Tensor expected = Logits(stored, ids);
            using Tensor actual = Logits(quantized, ids);
            using Tensor mean = ops.KlDivergence(expected, actual);
            divergence += (double)mean.ToScalar() * ids.Length;
            agreeing += ops.ArgMax(expected).Zip(ops.ArgMax(actual)).Count(pair => pair.First == pair.Second);
            tokens += ids.Length;
        }

        return new QuantizationLoss(tokens, divergence / tokens, (double)agreeing / tokens);
    }

    /// <summary>The sentences of the model's card, and its questions with the model's own replies; random tokens for a model without a card.</summary>
    private static IEnumerable<int[]> Texts(LanguageModel model, CancellationToken cancellation)
    {
        ModelCard card = ModelCard.Load(model.Folder);
        if (card.Text.Count == 0)
        {
            Random random = new(3);
            for (int i = 0; i < RandomSequences; i++)
            {
                yield return [.. Enumerable.Range(0, RandomLength).Select(_ => random.Next(model.Config.VocabularySize))];
            }
        }

        foreach (string text in card.Text)
        {
            yield return [.. model.Tokenizer.Encode(text)];
        }

        using TextGenerator generator = new(model);
        foreach (string question in card.Locality)
        {
            JsonArray messages = [new JsonObject { ["role"] = "user", ["content"] = question }];
            IReadOnlyList<int> prompt = model.Tokenizer.Encode(model.Template?.Render(messages) ?? question);
            IEnumerable<int> reply = generator.Generate(prompt, new GenerationOptions { MaxNewTokens = 32 }, null, cancellation).Select(step => step.TokenId);
            yield return [.. prompt, .. reply];
        }
    }

    private static Tensor Logits(LanguageModel model, int[] ids)
    {
        Operations ops = model.Engine.Operations;
        using Tensor hidden = model.Transformer.Forward(ops, WeightVersion.Base, ids, [new SequenceRows(ids.Length)]);
        return model.Transformer.Logits(ops, hidden);
    }
}
