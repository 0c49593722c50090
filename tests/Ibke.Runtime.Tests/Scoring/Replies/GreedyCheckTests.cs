using Ibke.Runtime.Editing.Methods;
using Ibke.Runtime.Generation;
using Ibke.Runtime.Models;
using Ibke.Runtime.Scoring.Questions;
using Ibke.Runtime.Scoring.Replies;
using Ibke.Runtime.Tests.Models;

namespace Ibke.Runtime.Tests.Scoring.Replies;

public class GreedyCheckTests
{
    private readonly PromptEncoder _encoder = new(Atlas.Shared);
    private readonly ScoreQuestion[] _questions = [.. AtlasCases.First(8).SelectMany(ScoreQuestion.Of)];

    [Fact]
    public void Generate_ManyTogether_GivesWhatGenerationOneByOneGives()
    {
        using EditsInForce edits = Edits();
        IReadOnlyList<Reply> together = new BatchedDecoding(Atlas.Shared, _encoder.Ends, 24).Generate(edits.Version, [.. Prompts()], CancellationToken.None);

        Assert.Equal(Prompts().Select(prompt => Generate(edits.Version, prompt)), together.Select(Text));
        Assert.Contains(together, reply => reply.Ends);
    }

    [Fact]
    public void Check_WantedAnswers_IsRightExactlyWhereGenerationGivesThem()
    {
        using EditsInForce edits = Edits();
        Reply[] wanted = [.. _questions.Select(question => _encoder.Reply(question.Content, question.Answer ?? "I don't know."))];

        IReadOnlyList<CheckedReply> results = new GreedyCheck(Atlas.Shared, _encoder.Ends).Check(
            edits.Version, [.. Prompts().Zip(wanted, (prompt, reply) => new ExpectedReply(prompt, reply))], CancellationToken.None);

        Assert.Equal(
            Prompts().Zip(wanted).Select(pair => Gives(Generate(edits.Version, pair.First), pair.Second)),
            results.Select(result => result.Right));
        Assert.Contains(results, result => result.Right);
        Assert.Contains(results, result => !result.Right);
        Assert.All(results, result => Assert.Equal(result.Right, result.TokensRight == result.Tokens));
    }

    [Fact]
    public void Check_ReplyThatDoesNotFit_IsWrong()
    {
        ExpectedReply tooLong = new([.. Enumerable.Repeat(5, Atlas.Shared.Config.ContextLength)], new Reply([5], Ends: true));

        Assert.Equal(new CheckedReply(false, 0, 2), Assert.Single(new GreedyCheck(Atlas.Shared, _encoder.Ends).Check(WeightVersion.Base, [tooLong], CancellationToken.None)));
        Assert.Empty(Assert.Single(new BatchedDecoding(Atlas.Shared, _encoder.Ends, 4).Generate(WeightVersion.Base, [tooLong.Prompt], CancellationToken.None)).Ids);
    }

    [Fact]
    public void Reply_OfClozeWithEnd_IsTheTextWithoutAnEndOfItsOwn()
    {
        Reply reply = _encoder.Reply(new PlainText("A is based in", "."), "Tamfield");

        Assert.False(reply.Ends);
        Assert.Equal(" Tamfield.", Atlas.Shared.Tokenizer.Decode([.. reply.Ids]));
    }

    private static EditsInForce Edits() =>
        IbkeMethod.Load(Atlas.Shared).Apply([.. AtlasCases.First(2).Select(item => item.ToRequest())]);

    private IEnumerable<IReadOnlyList<int>> Prompts() => _questions.Select(question => _encoder.Prompt(question.Content));

    // A plain text may go on after the end that was asked for.
    private static bool Gives(string generated, Reply reply) =>
        reply.Ends ? generated == Text(reply) : generated.StartsWith(Text(reply), StringComparison.Ordinal);

    private static string Text(Reply reply) => Atlas.Shared.Tokenizer.Decode([.. reply.Ids]) + (reply.Ends ? "|" : "");

    private static string Generate(WeightVersion version, IReadOnlyList<int> prompt)
    {
        using TextGenerator generator = new(Atlas.Shared, prefixCacheBytes: 0);
        GeneratedText text = generator.Complete(prompt, new GenerationOptions { MaxNewTokens = 24 }, version);
        return text.Text + (text.FinishReason == FinishReason.Stop ? "|" : "");
    }
}
