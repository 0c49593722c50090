using System.Diagnostics;
using System.Text.Json.Nodes;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Generation;
using Ibke.Runtime.Models;

namespace Ibke.Cli.Measurements;

/// <summary>How a conversation flows while edits are made without a break.</summary>
/// <param name="AloneTokensPerSecond">Tokens a second without edits.</param>
/// <param name="DuringTokensPerSecond">Tokens a second meanwhile.</param>
/// <param name="AloneGap99Seconds">The gap between two tokens that 99 of 100 do not exceed, without edits.</param>
/// <param name="DuringGap99Seconds">The same meanwhile.</param>
/// <param name="DuringGapMaximumSeconds">The longest gap meanwhile.</param>
/// <param name="EditsMade">Edits finished meanwhile, each reverted again.</param>
internal sealed record ChatDuringEdits(
    double AloneTokensPerSecond, double DuringTokensPerSecond, double AloneGap99Seconds, double DuringGap99Seconds,
    double DuringGapMaximumSeconds, int EditsMade)
{
    private const int TokensPerReply = 64;

    /// <summary>Tokens a second during edits ÷ without.</summary>
    public double Ratio => DuringTokensPerSecond / AloneTokensPerSecond;

    /// <summary>Measures both in alternating spells, so that a change of the machine's speed touches both.</summary>
    public static async Task<ChatDuringEdits> MeasureAsync(
        LanguageModel model, KnowledgeEditor editor, TimeSpan spell, int spells, CancellationToken cancellation)
    {
        List<double> alone = [];
        List<double> during = [];
        Chat(model, TimeSpan.FromSeconds(0.2), cancellation);
        int edits = 0;
        for (int i = 0; i < spells; i++)
        {
            alone.AddRange(Chat(model, spell, cancellation));
            using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            Task<int> editing = Task.Run(() => EditUntilOverAsync(editor, over.Token), CancellationToken.None);
            during.AddRange(Chat(model, spell, cancellation));
            await over.CancelAsync();
            edits += await editing;
        }

        return new ChatDuringEdits(
            1 / alone.Average(), 1 / during.Average(), Repeats.Quantile(alone, 0.99), Repeats.Quantile(during, 0.99), during.Max(), edits);
    }

    /// <summary>The gaps between tokens, in seconds, of replies written one after another for a while.</summary>
    private static List<double> Chat(LanguageModel model, TimeSpan spell, CancellationToken cancellation)
    {
        using TextGenerator generator = new(model);
        GenerationOptions options = new() { MaxNewTokens = TokensPerReply, LogitBias = NeverEnding.Bias(model) };
        List<double> gaps = [];
        long start = Stopwatch.GetTimestamp();
        for (int turn = 0; Stopwatch.GetElapsedTime(start) < spell; turn++)
        {
            string question = SampleFacts.All[turn % SampleFacts.All.Count].Prompt;
            JsonArray messages = [new JsonObject { ["role"] = "user", ["content"] = question }];
            IReadOnlyList<int> prompt = model.Tokenizer.Encode(model.Template?.Render(messages) ?? question);
            long last = 0;
            foreach (GenerationStep step in generator.Generate(prompt, options, null, cancellation))
            {
                long now = Stopwatch.GetTimestamp();
                if (last != 0)
                {
                    gaps.Add(Stopwatch.GetElapsedTime(last, now).TotalSeconds);
                }

                last = now;
            }
        }

        return gaps;
    }

    private static async Task<int> EditUntilOverAsync(KnowledgeEditor editor, CancellationToken over)
    {
        int made = 0;
        for (int i = 0; !over.IsCancellationRequested; i++)
        {
            try
            {
                EditResult result = await editor.EditAsync(SampleFacts.All[i % SampleFacts.All.Count], over);
                made++;
                if (result.Id is not null)
                {
                    await editor.RevertAsync(result.Id, CancellationToken.None);
                }
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        return made;
    }
}
