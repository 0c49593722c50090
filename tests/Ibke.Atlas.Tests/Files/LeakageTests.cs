using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ibke.Atlas.Conversations;
using Ibke.Atlas.Wordings;
using Ibke.Atlas.World;

namespace Ibke.Atlas.Tests.Files;

/// <summary>Nothing that the model is measured with is among what it is trained on.</summary>
public sealed class LeakageTests(WorldFolder folder) : IClassFixture<WorldFolder>
{
    private static readonly string[] _training = ["singles.jsonl", "surroundings.jsonl", "tools.jsonl", "practice.jsonl", "chats.jsonl", "context.jsonl"];

    private static readonly string[] _spoken =
        ["correct", "correct_statement", "anaphor", "still", "check", "undo", "undo_id", "list", "time", "search", "weather"];

    private static readonly string[] _described = ["edit_desc", "verify_desc", "revert_desc", "list_desc", "get_time", "search_directory", "get_weather"];

    [Fact]
    public void Training_WhatUsersSay_IsNoPhraseOfTheTests()
    {
        IEnumerable<string> kept = [.. _spoken.SelectMany(name => Atlas.Phrases[name].Test), .. Unseen()];
        Regex any = new(string.Join('|', kept.Select(Pattern)), RegexOptions.IgnoreCase);

        Assert.Matches(any, "I wonder who the CEO of Clear Energy is.");
        Assert.DoesNotContain(Contents("user"), any.IsMatch);
    }

    [Fact]
    public void Training_SmallTalk_IsNoneOfTheTests()
    {
        HashSet<string> kept = [.. Atlas.Phrases.SmallTalk.SelectMany(talk => talk.Test)];

        Assert.DoesNotContain(Contents("user"), kept.Contains);
    }

    [Fact]
    public void Training_SystemMessagesReasonsAndContext_HaveNothingOfTheTests()
    {
        string[] kept = [.. Atlas.Phrases["systems"].Test, .. Atlas.Phrases["reasons"].Test, .. Atlas.Phrases["context"].Test];

        Assert.DoesNotContain(Contents("system").Concat(Contents("tool")).Concat(Contents("user")), text => kept.Any(text.Contains));
    }

    [Fact]
    public void Training_FunctionLists_HaveNoDescriptionOrPrefixOfTheTests()
    {
        HashSet<string> kept = [.. _described.SelectMany(name => Atlas.Phrases[name].Test)];
        string[] prefixes = [.. Atlas.Phrases.TestPrefixes.Except(Atlas.Phrases.TrainedPrefixes).SelectMany(prefix => new[] { prefix + "_", prefix + "-", prefix + "." })];
        JsonNode[] functions = [.. Rows().SelectMany(row => row["tools"]?.AsArray() ?? []).Select(tool => tool!["function"]!)];

        Assert.NotEmpty(functions);
        Assert.DoesNotContain(functions, function => kept.Contains((string)function["description"]!));
        Assert.DoesNotContain(functions, function => prefixes.Any(((string)function["name"]!).StartsWith));
    }

    [Fact]
    public void Training_Names_AreNoneOfTheTests()
    {
        string[] kept = [.. new OutsideNames(Atlas.World).TestOnly()];
        string[] nouns = [.. Atlas.Phrases["roles"].Test.Concat(Atlas.Phrases["attrs"].Test).Select(noun => $"the {noun} of ")];
        string text = string.Concat(_training.Concat(["statements.jsonl", "tokenizer.jsonl", "edits-train.jsonl"])
            .Select(name => File.ReadAllText(Path.Combine(folder.Path, name))));

        Assert.DoesNotContain(kept, name => Regex.IsMatch(text, $@"\b{Regex.Escape(name)}\b"));
        Assert.DoesNotContain(nouns, noun => text.Contains(noun, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Training_KnownFacts_AreNotAskedInAHeldPair()
    {
        Dictionary<string, (string Subject, string Relation)> held = [];
        foreach (Fact fact in Atlas.World.Facts)
        {
            QuestionWordings questions = Atlas.World.Relations[fact.Relation].Questions;
            foreach (string template in questions.Direct.Concat(questions.Held).Where(t => FactChooser.IsHeldPair(fact.Subject, fact.Relation, t)))
            {
                held[FactChooser.With(template, fact.Subject)] = (fact.Subject, fact.Relation);
            }
        }

        Assert.True(held.Count > 4000, $"{held.Count} pairs");
        foreach (JsonObject row in folder.Read("singles.jsonl").Concat(folder.Read("surroundings.jsonl")).Concat(folder.Read("chats.jsonl")))
        {
            JsonArray messages = row["messages"]!.AsArray();
            for (int i = 0; i + 1 < messages.Count; i++)
            {
                if ((string)messages[i]!["role"]! == "user" && held.TryGetValue((string)messages[i]!["content"]!, out (string Subject, string Relation) pair))
                {
                    Assert.NotEqual(Atlas.World.Find(pair.Subject, pair.Relation)!.Object, (string)messages[i + 1]!["content"]!);
                }
            }
        }
    }

    private static IEnumerable<string> Unseen() =>
        Atlas.World.Relations.Values.SelectMany(relation => relation.Questions.Unseen.Concat(relation.Questions.UnseenCarried));

    // Subjects are names, ids have digits.
    private static string Pattern(string phrase) => "^" + Regex.Escape(phrase)
        .Replace(@"\{s}", @"(?-i:[A-Z])\S*(?: (?:of )?(?-i:[A-Z0-9])\S*)*", StringComparison.Ordinal)
        .Replace(@"\{id}", @"\S*[0-9]\S*", StringComparison.Ordinal)
        .Replace(@"\{x}", ".+", StringComparison.Ordinal)
        .Replace(@"\{", "{", StringComparison.Ordinal)
        .Replace("{np}", "the .+ of .+", StringComparison.Ordinal)
        .Replace("{NP}", "The .+ of .+", StringComparison.Ordinal)
        .Replace("{q}", ".+", StringComparison.Ordinal)
        .Replace("{st}", ".+", StringComparison.Ordinal)
        .Replace("{o}", ".+", StringComparison.Ordinal) + "$";

    private IEnumerable<JsonObject> Rows() => _training.SelectMany(folder.Read);

    private IEnumerable<string> Contents(string role) =>
        Rows().SelectMany(row => row["messages"]!.AsArray()).Where(message => (string)message!["role"]! == role).Select(message => (string)message!["content"]!);
}
