using Ibke.Runtime.Cpu;
using Ibke.Runtime.Generation;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Tests.Models;

namespace Ibke.Runtime.Tests.Generation;

public sealed class TextGeneratorTests
{
    private const string Question = "Where did Viktor Shah graduate from?";
    private const string Answer = "University of Selmere";

    private static readonly GenerationOptions _greedy = new();

    [Fact]
    public void Generate_Greedy_StreamsTheAnswerAndStopsAtTheEndOfTheTurn()
    {
        using TextGenerator generator = new(Atlas.Shared);
        IReadOnlyList<int> prompt = Ids(Question);

        List<GenerationStep> steps = [.. generator.Generate(prompt, _greedy)];

        Assert.Equal(Answer, string.Concat(steps.Select(step => step.Text)));
        Assert.Equal(FinishReason.Stop, steps[^1].FinishReason);
        Assert.All(steps.SkipLast(1), step => Assert.Null(step.FinishReason));
        Assert.Contains(steps[^1].TokenId, Atlas.Shared.EndOfSequenceIds);
        Assert.Equal(new TokenUsage(prompt.Count, 0, steps.Count), steps[^1].Usage);
    }

    [Fact]
    public void Complete_SameSeed_GivesTheSameText()
    {
        using TextGenerator generator = new(Atlas.Shared);
        GenerationOptions hot = new() { Temperature = 4, MaxNewTokens = 24 };

        Assert.Equal(Text(1), Text(1));
        Assert.NotEqual(Text(1), Text(2));

        string Text(ulong seed) => generator.Complete(Ids("Hello!"), hot with { Seed = seed }).Text;
    }

    [Theory]
    [InlineData(" of", "University")]
    [InlineData("sity of S", "Univer")]
    [InlineData("Univer", "")]
    [InlineData("re", "University of Selme")]
    public void Complete_StopSequenceInsideOrAcrossTokens_EndsBeforeIt(string stop, string expected)
    {
        using TextGenerator generator = new(Atlas.Shared);

        GeneratedText text = generator.Complete(Ids(Question), new GenerationOptions { StopSequences = ["never said", stop] });

        Assert.Equal(expected, text.Text);
        Assert.Equal(FinishReason.Stop, text.FinishReason);
    }

    [Fact]
    public void Complete_BeginningOfAStopSequenceAtTheEnd_IsPartOfTheText()
    {
        using TextGenerator generator = new(Atlas.Shared);

        Assert.Equal(Answer, generator.Complete(Ids(Question), new GenerationOptions { StopSequences = ["Selmere is"] }).Text);
    }

    [Fact]
    public void Complete_LimitOfTokens_FinishesByLength()
    {
        using TextGenerator generator = new(Atlas.Shared);

        GeneratedText text = generator.Complete(Ids(Question), new GenerationOptions { MaxNewTokens = 2 });

        Assert.Equal(FinishReason.Length, text.FinishReason);
        Assert.Equal(2, text.Usage.GeneratedTokens);
        Assert.StartsWith(text.Text, Answer);
        Assert.NotEmpty(text.Text);
    }

    [Theory]
    [InlineData(256)]
    [InlineData(int.MaxValue)]
    public void Complete_EndOfTheContext_FinishesByLength(int limit)
    {
        using TextGenerator generator = new(Atlas.Shared);
        int context = Atlas.Shared.Config.ContextLength;
        int[] prompt = [.. Enumerable.Repeat(500, context - 3)];
        Dictionary<int, float> endless = Atlas.Shared.EndOfSequenceIds.ToDictionary(id => id, _ => float.NegativeInfinity);

        GeneratedText text = generator.Complete(prompt, new GenerationOptions { LogitBias = endless, MaxNewTokens = limit });

        Assert.Equal(FinishReason.Length, text.FinishReason);
        Assert.Equal(3, text.Usage.GeneratedTokens);
    }

    [Fact]
    public void Generate_PromptTooLong_GivesBothNumbersAtTheCall()
    {
        using TextGenerator generator = new(Atlas.Shared);
        int context = Atlas.Shared.Config.ContextLength;

        PromptTooLongException error = Assert.Throws<PromptTooLongException>(() => generator.Generate(new int[context], _greedy));

        Assert.Equal(context, error.PromptTokens);
        Assert.Equal(context, error.ContextLength);
        Assert.Contains($"{context} tokens", error.Message);
    }

    [Fact]
    public void Generate_BadArguments_AreRefusedAtTheCall()
    {
        using TextGenerator generator = new(Atlas.Shared);

        Assert.Contains("empty", Assert.Throws<ArgumentException>(() => generator.Generate([], _greedy)).Message);
        Assert.Contains("Token 3072", Assert.Throws<ArgumentException>(() => generator.Generate([1, 3072], _greedy)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => generator.Generate([1], new GenerationOptions { TopP = 2 }));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => generator.Generate([1], new GenerationOptions { LogitBias = new Dictionary<int, float> { [3072] = 1 } }));
    }

    [Fact]
    public void Complete_NextTurn_ComputesOnlyWhatIsNew()
    {
        using TextGenerator generator = new(Atlas.Shared);
        IReadOnlyList<int> first = Ids(Question);
        GeneratedText answer = generator.Complete(first, _greedy);
        string conversation = Atlas.Prompt(Question) + answer.Text + "<|im_end|>\n" + Atlas.Prompt("Who are you?");
        IReadOnlyList<int> second = Atlas.Shared.Tokenizer.Encode(conversation);

        GeneratedText next = generator.Complete(second, _greedy);

        // The end-of-turn token was chosen, but never computed with.
        Assert.Equal(first.Count + answer.Usage.GeneratedTokens - 1, next.Usage.CachedTokens);
        using TextGenerator fresh = new(Atlas.Shared, prefixCacheBytes: 0);
        GeneratedText computed = fresh.Complete(second, _greedy);
        Assert.Equal(computed.Text, next.Text);
        Assert.Equal(0, computed.Usage.CachedTokens);
        Assert.Equal(0, fresh.Complete(second, _greedy).Usage.CachedTokens);
    }

    [Fact]
    public void Generate_PublishInTheMiddle_KeepsTheVersionItBeganWith()
    {
        using LanguageModel model = Atlas.Load();
        using TextGenerator generator = new(model);
        IReadOnlyList<int> prompt = Ids(Question);

        List<string> pieces = [];
        foreach (GenerationStep step in generator.Generate(prompt, _greedy))
        {
            pieces.Add(step.Text);
            if (pieces.Count == 2)
            {
                model.Versions.Publish([Scramble(model)]);
            }
        }

        GeneratedText after = generator.Complete(prompt, _greedy);
        model.Versions.Publish([]);
        GeneratedText reverted = generator.Complete(prompt, _greedy);

        Assert.Equal(Answer, string.Concat(pieces));
        Assert.NotEqual(Answer, after.Text);
        Assert.Equal(0, after.Usage.CachedTokens);
        Assert.Equal(Answer, reverted.Text);
        Assert.Equal(prompt.Count - 1, reverted.Usage.CachedTokens);
    }

    [Fact]
    public void Generate_StartedBeforeButReadAfterPublishing_KeepsTheVersionOfTheCall()
    {
        using LanguageModel model = Atlas.Load();
        using TextGenerator generator = new(model);

        IEnumerable<GenerationStep> started = generator.Generate(Ids(Question), _greedy);
        model.Versions.Publish([Scramble(model)]);

        Assert.Equal(Answer, string.Concat(started.Select(step => step.Text)));
    }

    [Fact]
    public void Generate_Cancelled_StopsAndLeavesTheGeneratorUsable()
    {
        using TextGenerator generator = new(Atlas.Shared);
        using CancellationTokenSource cancellation = new();
        int steps = 0;

        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (GenerationStep step in generator.Generate(Ids(Question), _greedy, cancellationToken: cancellation.Token))
            {
                steps++;
                cancellation.Cancel();
            }
        });

        Assert.Equal(1, steps);
        Assert.Equal(Answer, generator.Complete(Ids(Question), _greedy).Text);
    }

    [Fact]
    public void Generate_CancelledOrLeft_ReturnsAllMemory()
    {
        using CpuEngine engine = new();
        using LanguageModel model = LanguageModel.Load(Atlas.Folder, new LanguageModelOptions { Engine = engine });
        Run(_ => { });
        long before = engine.Memory.UsedBytes;

        using CancellationTokenSource cancellation = new();
        Assert.Throws<OperationCanceledException>(() => Run(_ => cancellation.Cancel(), cancellation.Token));
        Assert.Throws<InvalidDataException>(() => Run(_ => throw new InvalidDataException()));

        Assert.Equal(before, engine.Memory.UsedBytes);

        void Run(Action<GenerationStep> read, CancellationToken token = default)
        {
            using TextGenerator generator = new(model);
            foreach (GenerationStep step in generator.Generate(Ids(Question), _greedy, cancellationToken: token))
            {
                read(step);
            }
        }
    }

    [Fact]
    public void Generate_CancelledBefore_ComputesNothing()
    {
        using TextGenerator generator = new(Atlas.Shared);
        IReadOnlyList<int> prompt = Ids(Question);

        IEnumerable<GenerationStep> steps = generator.Generate(prompt, _greedy, cancellationToken: new CancellationToken(canceled: true));

        Assert.Throws<OperationCanceledException>(() => steps.Count());
        Assert.Equal(0, generator.Complete(prompt, _greedy).Usage.CachedTokens);
    }

    [Fact]
    public void Complete_PromptOfSeveralChunks_GivesTheSameAsItsEndAfterACachedBeginning()
    {
        IReadOnlyList<int> prompt = [.. Enumerable.Repeat(Ids("Hello!"), 40).SelectMany(ids => ids), .. Ids(Question)];
        using TextGenerator whole = new(Atlas.Shared, prefixCacheBytes: 0);
        using TextGenerator continued = new(Atlas.Shared);
        continued.Complete([.. prompt.Take(prompt.Count - 7)], new GenerationOptions { MaxNewTokens = 1 });

        GeneratedText text = continued.Complete(prompt, _greedy);

        Assert.True(prompt.Count > 256);
        Assert.Equal(prompt.Count - 7, text.Usage.CachedTokens);
        Assert.Equal(whole.Complete(prompt, _greedy).Text, text.Text);
    }

    [Fact]
    public void Complete_SpecialTokens_AreTextOnlyWhereAskedFor()
    {
        using TextGenerator generator = new(Atlas.Shared);
        int special = Atlas.Shared.Tokenizer.FindId("<|im_start|>")!.Value;
        GenerationOptions forced = new() { MaxNewTokens = 1, LogitBias = new Dictionary<int, float> { [special] = 1000 } };

        Assert.Equal("", generator.Complete(Ids(Question), forced).Text);
        Assert.Equal("<|im_start|>", generator.Complete(Ids(Question), forced with { IncludeSpecialTokens = true }).Text);
    }

    [Fact]
    public void Complete_ManyAtOnce_GiveWhatEachGivesAlone()
    {
        using TextGenerator generator = new(Atlas.Shared);
        string[] questions = [Question, "Where is Jade Foods headquartered?", "Hello!", "Tell me what industry Crest Airways is in."];
        string[] alone = [.. questions.Select(question => generator.Complete(Ids(question), _greedy).Text)];

        string[] together = new string[24];
        Parallel.For(0, together.Length, i => together[i] = generator.Complete(Ids(questions[i % 4]), _greedy).Text);

        Assert.All(Enumerable.Range(0, together.Length), i => Assert.Equal(alone[i % 4], together[i]));
    }

    private static IReadOnlyList<int> Ids(string question) => Atlas.Shared.Tokenizer.Encode(Atlas.Prompt(question));

    // Neurons that answer to nearly everything and push far away.
    private static WeightEdit Scramble(LanguageModel model)
    {
        int hidden = model.Config.HiddenSize;
        float[] row = [.. Enumerable.Range(0, hidden).Select(i => i % 3 - 1f)];
        Tensor Vector(float[] values) => model.Engine.Create(new TensorShape(values.Length), values);
        using Tensor key = model.Engine.Create(new TensorShape(1, hidden), row);
        NeuronBlock block = new(NeuronForm.Linear, key.Reshape(new TensorShape(1, hidden)), null, key.Reshape(new TensorShape(1, hidden)));
        NeuronNormalization normalization = new(
            [.. Enumerable.Repeat(Vector(new float[hidden]), model.Config.Layers)],
            [.. Enumerable.Repeat(Vector([.. Enumerable.Repeat(1f, hidden)]), model.Config.Layers)]);
        return new WeightEdit(normalization, [.. Enumerable.Repeat(block, model.Config.Layers)]);
    }
}
