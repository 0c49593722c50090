using System.Text.Json.Nodes;
using Ibke.Runtime.Chat;
using Ibke.Runtime.Scoring;
using Ibke.Runtime.Scoring.Skills;
using Ibke.Runtime.Tests.Models;
using Ibke.Runtime.Training.Data;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Tests.Scoring.Skills;

public sealed class SkillMeasurementTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SkillMeasurement _measurement = new(Atlas.Shared);

    public void Dispose() => _folder.Dispose();

    // Every second question expects what the model generates, the others something else, or only its beginning.
    [Fact]
    public async Task Measure_WhatTheModelGenerates_IsRightAndNothingElse()
    {
        string[] questions = [.. new[] { "Clear Energy", "Hazel Health", "Peak Works", "Maple Labs", "Contoso", "Zork Holdings" }
            .SelectMany(name => new[] { $"Who is the CEO of {name}?", $"Who founded {name}?", $"What industry is {name} in?" })];
        using LocalChatClient client = new(Atlas.Shared);
        List<string> lines = [];
        for (int i = 0; i < questions.Length; i++)
        {
            string said = (await client.GetResponseAsync(questions[i], new ChatOptions { Temperature = 0 })).Text;
            string[] wanted = [said, said + " too", said[..(said.Length / 2)]];
            lines.AddRange(wanted.Select(reply => Line(questions[i], reply)));
        }

        SkillScores scores = _measurement.Measure(Write(lines), failures: 100);

        Assert.Equal(new Proportion(questions.Length, 3 * questions.Length), scores.Replies);
        Assert.Equal(Enumerable.Range(1, lines.Count).Where(line => line % 3 != 1), scores.Failures.Select(failure => failure.Line));
    }

    [Fact]
    public void Measure_ConversationWithTags_CountsEachReplyAndTheWhole()
    {
        string line = """
            {"messages": [
              {"role": "user", "content": "Who is the CEO of Clear Energy?"}, {"role": "assistant", "content": "Dario Osei", "tag": "ask"},
              {"role": "user", "content": "Thanks"}, {"role": "assistant", "content": "You're welcome.", "learn": false, "tag": "none"},
              {"role": "user", "content": "Who leads Clear Energy?"}, {"role": "assistant", "content": "Zora Palmer", "tag": "wrong:call"}]}
            """.ReplaceLineEndings(" ");

        SkillScores scores = _measurement.Measure(Write([line]), failures: 1);

        Assert.Equal(new Proportion(1, 2), scores.Replies);
        Assert.Equal(new Proportion(0, 1), scores.Conversations);
        Assert.Equal(["ask", "wrong:call"], scores.Tags.Select(tag => tag.Tag));
        Assert.Equal(new Proportion(0, 1), scores.Calls);
        FailedReply failure = Assert.Single(scores.Failures);
        Assert.Equal(("wrong:call", "Zora Palmer"), (failure.Tag, failure.Wanted));
        Assert.StartsWith("Dario", failure.Given, StringComparison.Ordinal);
    }

    [Fact]
    public void Measure_TextInParts_AsksForThoseWithAWeightButNotForTheEndOfTheText()
    {
        SkillScores scores = _measurement.Measure(Write(
        [
            """{"parts": [["The CEO of Clear Energy is", 0], [" Dario Osei.", 1]]}""",
            """{"parts": [["The CEO of Clear Energy is", 0], [" Zora Palmer.", 1]]}""",
        ]));

        Assert.Equal(new Proportion(1, 2), scores.Replies);
    }

    [Fact]
    public void Measure_Limit_TakesTheFirstLines() => Assert.Equal(
        new Proportion(1, 1),
        _measurement.Measure(Write([Line("Who is the CEO of Clear Energy?", "Dario Osei"), Line("Who is the CEO of Clear Energy?", "no")]), limit: 1).Replies);

    [Fact]
    public void Measure_LineWithoutReply_NamesFileAndLine()
    {
        TrainingDataException error = Assert.Throws<TrainingDataException>(
            () => _measurement.Measure(Write([Line("Hello", "Hi"), """{"messages": [{"role": "user", "content": "Hello"}]}"""])));

        Assert.Equal(2, error.Line);
    }

    [Fact]
    public void Measure_Cancelled_Throws() => Assert.Throws<OperationCanceledException>(
        () => _measurement.Measure(Write([Line("Hello", "Hi")]), cancellationToken: new CancellationToken(canceled: true)));

    private static string Line(string question, string reply) => new JsonObject
    {
        ["messages"] = new JsonArray(
            new JsonObject { ["role"] = "user", ["content"] = question }, new JsonObject { ["role"] = "assistant", ["content"] = reply }),
    }.ToJsonString();

    private string Write(IEnumerable<string> lines)
    {
        string path = Path.Combine(_folder.Path, "skills-some.jsonl");
        File.WriteAllLines(path, lines);
        return path;
    }
}
