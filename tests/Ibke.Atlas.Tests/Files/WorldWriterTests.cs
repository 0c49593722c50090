using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Ibke.Atlas.Files;

namespace Ibke.Atlas.Tests.Files;

public sealed class WorldWriterTests(WorldFolder folder) : IClassFixture<WorldFolder>
{
    [Fact]
    public void Write_SameSeedAgain_GivesTheSameBytes()
    {
        string again = Directory.CreateTempSubdirectory("ibke-atlas-tests-").FullName;
        try
        {
            new WorldWriter(seed: 7, share: 0.02).Write(again);

            Assert.Equal(folder.Files, Directory.EnumerateFiles(again).Select(Path.GetFileName).Order(StringComparer.Ordinal));
            Assert.All(folder.Files, name => Assert.Equal(Hash(folder.Path, name), Hash(again, name)));
        }
        finally
        {
            Directory.Delete(again, recursive: true);
        }
    }

    [Fact]
    public void Write_ShareOfTheRows_KeepsTestFilesWhole()
    {
        Assert.Equal(4000, folder.Read("singles.jsonl").Length);
        Assert.Equal(600, folder.Read("edits-train.jsonl").Length);
        Assert.Equal(1000, folder.Read("cases-1000.jsonl").Length);
        Assert.Equal(600, folder.Read("skills-tools.jsonl").Length);
    }

    [Fact]
    public void Write_Cancelled_LeavesNoFile()
    {
        using CancellationTokenSource cancelled = new();
        cancelled.Cancel();
        string empty = Directory.CreateTempSubdirectory("ibke-atlas-tests-").FullName;

        Assert.Throws<OperationCanceledException>(() => new WorldWriter(seed: 7, share: 0.02).Write(empty, cancellation: cancelled.Token));
        Assert.Empty(Directory.EnumerateFiles(empty));
        Directory.Delete(empty, recursive: true);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1.5)]
    public void Constructor_ShareOutOfRange_Throws(double share) => Assert.Throws<ArgumentOutOfRangeException>(() => new WorldWriter(7, share));

    [Fact]
    public void Singles_KnownFacts_AreAllAsked()
    {
        ILookup<string, string> questions = folder.Read("singles.jsonl").ToLookup(Reply, User);

        Assert.All(Atlas.World.Facts, fact => Assert.Contains(questions[fact.Object], question => question.Contains(fact.Subject, StringComparison.Ordinal)));
    }

    [Fact]
    public void Singles_Shares_AreAsPlanned()
    {
        JsonObject[] rows = folder.Read("singles.jsonl");
        double unknown = rows.Count(row => Reply(row) == Atlas.Phrases.Unknown) / (double)rows.Length;

        Assert.InRange(unknown, 0.18, 0.26);
        Assert.All(rows, row => Assert.Equal(2, (double)row["weight"]!));
    }

    [Fact]
    public void Card_AsWritten_IsReadByTheProductAndNamesEveryRelation()
    {
        JsonObject card = JsonNode.Parse(File.ReadAllText(Path.Combine(folder.Path, "card.json")))!.AsObject();

        Assert.Equal("I don't know.", (string)card["unknown_answer"]!);
        Assert.Equal(17, card["rephrasings"]!.AsArray().Count);
        Assert.All(card["rephrasings"]!.AsArray(), group => Assert.All(group!.AsArray(), wording => Assert.Equal(2, wording!.ToString().Split("{s}").Length)));
        Assert.Equal(58, card["locality"]!.AsArray().Count);
        Assert.Equal(6, card["canaries"]!.AsArray().Count);
        Assert.All(card["canaries"]!.AsArray(), canary => Assert.Equal("user", (string)canary!["messages"]!.AsArray()[^1]!["role"]!));
    }

    [Theory]
    [InlineData("recipe.json", 8)]
    [InlineData("recipe-second.json", 6)]
    public void Recipe_AsWritten_NamesFilesThatAreThere(string name, int files)
    {
        JsonObject recipe = JsonNode.Parse(File.ReadAllText(Path.Combine(folder.Path, name)))!.AsObject();
        string[] named =
        [
            .. recipe["data"]!.AsArray().Select(data => (string)data!["file"]!),
            .. (recipe["tokenizer"]?["train_on"]?.AsArray() ?? []).Select(file => (string)file!),
            .. recipe["chat_template"] is { } template ? [(string)template!] : Array.Empty<string>(),
        ];

        Assert.Equal(files, named.Length);
        Assert.All(named, file => Assert.True(File.Exists(Path.Combine(folder.Path, file)), file));
    }

    private static string User(JsonObject row) => (string)row["messages"]!.AsArray()[^2]!["content"]!;

    private static string Reply(JsonObject row) => (string)row["messages"]!.AsArray()[^1]!["content"]!;

    private static string Hash(string path, string name) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(path, name))));
}
