using Ibke.Runtime.Editing;
using Ibke.Runtime.Generation;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Tests.Editing;
using Ibke.Runtime.Tests.Models;

namespace Ibke.Runtime.Tests.Generation.Batching;

public sealed class StepBatcherTests
{
    private static readonly string[] _questions =
    [
        "Where was Leona Zeller born?", "Who is the mayor of Salana?", "Where is Jade Foods headquartered?", "Who is the CEO of Clear Energy?",
        "What is the occupation of Leona Zeller?", "Where was Jorin Fendrake born?", "Hello there", "Who founded Mesa Systems?",
    ];

    private static readonly GenerationOptions _greedy = new() { MaxNewTokens = 24 };

    [Fact]
    public async Task GenerateAsync_ManyAtOnce_SayWhatEachSaysAlone()
    {
        using TextGenerator generator = new(Atlas.Shared, prefixCacheBytes: 0);
        string[] alone = [.. _questions.Select(question => generator.Complete(Ids(question), _greedy).Text)];
        string[] many = [.. Enumerable.Repeat(_questions, 5).SelectMany(all => all)];

        string[] together = await Task.WhenAll(many.Select(question => Task.Run(() => TextAsync(generator, question, _greedy))));

        Assert.Equal(Enumerable.Repeat(alone, 5).SelectMany(all => all), together);
    }

    [Fact]
    public async Task GenerateAsync_LongPromptBesideShortOnes_AllSayWhatTheySayAlone()
    {
        using TextGenerator generator = new(Atlas.Shared, prefixCacheBytes: 0);
        string story = string.Join(" ", Enumerable.Repeat("Leona Zeller was born in Tamfield.", 40));
        string[] questions = [story, .. _questions, story + " Really."];
        string[] alone = [.. questions.Select(question => generator.Complete(Ids(question), _greedy).Text)];

        string[] together = await Task.WhenAll(questions.Select(question => Task.Run(() => TextAsync(generator, question, _greedy))));

        Assert.Equal(alone, together);
    }

    [Fact]
    public async Task GenerateAsync_ScoresAndChoicesOfMany_AreTheirOwn()
    {
        using TextGenerator generator = new(Atlas.Shared, prefixCacheBytes: 0);
        GenerationOptions[] options = [.. Enumerable.Range(0, 6).Select(seed => _greedy with { Temperature = 1.5f, Seed = (ulong)seed, LogProbabilities = 2 })];
        GenerationStep[][] alone = [.. options.Select(one => generator.Generate(Ids(_questions[7]), one).ToArray())];

        GenerationStep[][] together = await Task.WhenAll(options.Select(one => Task.Run(async () => await generator.GenerateAsync(Ids(_questions[7]), one).ToArrayAsync())));

        for (int i = 0; i < options.Length; i++)
        {
            Assert.Equal(alone[i].Select(step => step.TokenId), together[i].Select(step => step.TokenId));
            Assert.All(alone[i].Zip(together[i]), pair => Assert.Equal(pair.First.LogProbability!.LogProbability, pair.Second.LogProbability!.LogProbability, 1e-3));
        }
    }

    [Fact]
    public async Task GenerateAsync_OfSeveralVersions_EachSaysWhatItsOwnSays()
    {
        using LanguageModel model = Atlas.Load();
        using TextGenerator generator = new(model, prefixCacheBytes: 0);
        KnowledgeEditor editor = KnowledgeEditor.Load(model);
        await editor.EditAsync(SampleEdits.Birthplace);
        WeightVersion edited = model.Versions.Current;

        string[] said = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(
            () => TextAsync(generator, SampleEdits.Birthplace.Prompt, _greedy, i % 2 == 0 ? edited : WeightVersion.Base))));

        Assert.All(said.Index(), answer => Assert.Equal(answer.Index % 2 == 0 ? "Belford" : "Tamfield", answer.Item));
    }

    [Fact]
    public async Task GenerateAsync_OneIsCancelledOneDoesNotRead_TheOthersGoOn()
    {
        using TextGenerator generator = new(Atlas.Shared, prefixCacheBytes: 0);
        using CancellationTokenSource cancelled = new();
        await using IAsyncEnumerator<GenerationStep> unread = generator.GenerateAsync(Ids(_questions[0]), _greedy).GetAsyncEnumerator();
        await unread.MoveNextAsync();
        Task<string>[] others = [.. _questions.Select(question => Task.Run(() => TextAsync(generator, question, _greedy)))];
        Task<string> ended = Task.Run(async () =>
        {
            string text = "";
            await foreach (GenerationStep step in generator.GenerateAsync(Ids(_questions[3]), _greedy, null, cancelled.Token))
            {
                text += step.Text;
                await cancelled.CancelAsync();
            }

            return text;
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ended);
        string[] said = await Task.WhenAll(others).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(_questions.Select(question => generator.Complete(Ids(question), _greedy).Text), said);
    }

    [Fact]
    public async Task GenerateAsync_OneCannotBeComputed_OnlyItFails()
    {
        using LanguageModel model = Atlas.Load();
        using TextGenerator generator = new(model, prefixCacheBytes: 0);
        using Tensor change = model.Engine.Create(new TensorShape(2, 2), [1, 2, 3, 4]);
        WeightVersion foreign = new(1, [new WeightEdit([MatrixDelta.Dense("nowhere", change)])]);

        Task<string>[] running =
        [
            .. _questions.Select(question => Task.Run(() => TextAsync(generator, question, _greedy))),
            Task.Run(() => TextAsync(generator, _questions[0], _greedy, foreign)),
        ];

        await Assert.ThrowsAsync<ArgumentException>(() => running[^1]);
        Assert.Equal(_questions.Select(question => generator.Complete(Ids(question), _greedy).Text), await Task.WhenAll(running[..^1]));
    }

    private static IReadOnlyList<int> Ids(string question) => Atlas.Shared.Tokenizer.Encode(Atlas.Prompt(question));

    private static async Task<string> TextAsync(TextGenerator generator, string question, GenerationOptions options, WeightVersion? version = null) =>
        string.Concat(await generator.GenerateAsync(Ids(question), options, version).Select(step => step.Text).ToListAsync());
}
