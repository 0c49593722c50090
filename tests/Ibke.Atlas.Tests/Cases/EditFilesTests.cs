using System.Text.Json.Nodes;
using Ibke.Atlas.Tests.Files;
using Ibke.Atlas.World;

namespace Ibke.Atlas.Tests.Cases;

public sealed class EditFilesTests(WorldFolder folder) : IClassFixture<WorldFolder>
{
    [Theory]
    [InlineData("cases-150.jsonl")]
    [InlineData("cases-1000.jsonl")]
    [InlineData("cases-validation.jsonl")]
    public void Cases_AThird_AreAboutSubjectsThatNobodyKnows(string name)
    {
        JsonObject[] cases = folder.Read(name);

        Assert.Equal(cases.Length / 3, cases.Count(edit => (string)edit["kind"]! == "unknown_subject"));
        Assert.All(cases.Where(edit => (string)edit["kind"]! == "unknown_subject"), edit => Assert.Null(Atlas.World.KindOf((string)edit["subject"]!)));
    }

    [Theory]
    [InlineData("cases-150.jsonl")]
    [InlineData("cases-1000.jsonl")]
    public void Cases_Subjects_AreInNoEditOfTraining(string name)
    {
        HashSet<string> trained = [.. folder.Read("edits-train.jsonl").Select(edit => (string)edit["subject"]!)];
        HashSet<string> validation = [.. folder.Read("cases-validation.jsonl").Select(edit => (string)edit["subject"]!)];

        Assert.DoesNotContain(folder.Read(name), edit => trained.Contains((string)edit["subject"]!));
        Assert.DoesNotContain(validation, trained.Contains);
        Assert.DoesNotContain(folder.Read(name).Where(edit => (string)edit["kind"]! == "known_subject"), edit => validation.Contains((string)edit["subject"]!));
    }

    [Fact]
    public void Cases_WordingsOfTests_AreInNoEditOfTraining()
    {
        string[] rephrasings = [.. folder.Read("edits-train.jsonl").SelectMany(edit => Rephrasings(edit).Select(text => text.Replace((string)edit["subject"]!, "{s}", StringComparison.Ordinal)))];
        HashSet<string> kept = [.. Atlas.World.Relations.Values.SelectMany(relation => relation.Questions.Held.Concat(relation.Questions.Unseen))];

        Assert.DoesNotContain(rephrasings, kept.Contains);
        Assert.All(
            folder.Read("cases-150.jsonl").Where(edit => (string)edit["kind"]! != "open_relation"),
            edit => Assert.Contains(Rephrasings(edit), text => kept.Contains(text.Replace((string)edit["subject"]!, "{s}", StringComparison.Ordinal))));
    }

    [Fact]
    public void Cases_HeldRelations_AreOnlyInTheirFile()
    {
        Assert.All(folder.Read("cases-relations.jsonl"), edit => Assert.Contains((string)edit["relation"]!, Atlas.World.HeldRelations));
        Assert.DoesNotContain(folder.Read("edits-train.jsonl"), edit => Atlas.World.HeldRelations.Contains((string)edit["relation"]!));
    }

    [Theory]
    [InlineData("cases-150.jsonl")]
    [InlineData("cases-1000.jsonl")]
    public void Locality_OfCases_IsAboutNoFactThatIsEdited(string name)
    {
        JsonObject[] cases = folder.Read(name);
        HashSet<(string, string)> edited = [.. cases.Select(edit => ((string)edit["subject"]!, (string)edit["relation"]!))];
        JsonNode[] prompts = [.. cases.SelectMany(edit => edit["locality"]!.AsArray()).OfType<JsonNode>()];

        Assert.Equal(cases.Length, edited.Count);
        Assert.DoesNotContain(prompts, prompt => edited.Contains(((string)prompt["subject"]!, (string)prompt["relation"]!)));
        Assert.All(cases, edit => Assert.Equal(8, edit["locality"]!.AsArray().Count));
        Assert.Equal(5, prompts.Select(prompt => (string)prompt["kind"]!).Distinct().Count());
    }

    [Fact]
    public void Locality_OtherFactsOfAnUnknownSubject_AreUnknownToo()
    {
        JsonNode[] prompts = [.. folder.Read("edits-train.jsonl").Where(edit => (string)edit["kind"]! == "unknown_subject")
            .SelectMany(edit => edit["locality"]!.AsArray()).OfType<JsonNode>().Where(prompt => (string)prompt["kind"]! == "same_subject")];

        Assert.NotEmpty(prompts);
        Assert.All(prompts, prompt => Assert.Contains((string)prompt["answer"]!, (string[])[Atlas.Phrases.Unknown, "unknown"]));
    }

    [Fact]
    public void Edits_Answers_AreNew() => Assert.All(
        folder.Read("edits-train.jsonl").Concat(folder.Read("cases-1000.jsonl")),
        edit => Assert.NotEqual((string)edit["previous"]!, (string)edit["answer"]!));

    [Fact]
    public void Portability_ReversedQuestions_AskForTheSubject() => Assert.All(
        folder.Read("cases-1000.jsonl").SelectMany(edit => edit["portability"]!.AsArray().Select(follow => (Edit: edit, Follow: follow!)))
            .Where(pair => (string)pair.Follow["kind"]! == "reversed"),
        pair => Assert.Equal((string)pair.Edit["subject"]!, (string)pair.Follow["answer"]!));

    private static IEnumerable<string> Rephrasings(JsonObject edit) => edit["rephrasings"]!.AsArray().Select(text => (string)text!);
}
