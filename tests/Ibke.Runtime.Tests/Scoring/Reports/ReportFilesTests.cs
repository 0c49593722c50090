using System.Text.Json.Nodes;
using System.Xml.Linq;
using Ibke.Runtime.Editing.Cases;
using Ibke.Runtime.Scoring;
using Ibke.Runtime.Scoring.Reports;

namespace Ibke.Runtime.Tests.Scoring.Reports;

public sealed class ReportFilesTests : IDisposable
{
    private const string Hostile = "</td><script>alert(1)</script> & \"q\", 'r'";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_Json_HasScoresIntervalsAndNullForWhatWasNotMeasured()
    {
        JsonObject json = JsonNode.Parse(Written(ReportFiles.JsonName))!.AsObject();

        JsonObject first = json["results"]![0]!.AsObject();
        Assert.Equal(("tiny", "ibke", 0.8), ((string)json["model"]!, (string)first["method"]!, (double)first["reliability"]!));
        Assert.Equal([0.49, 0.94], first["interval"]!["reliability"]!.AsArray().Select(end => Math.Round((double)end!, 2)));
        Assert.Equal(10, (int)first["asked"]!["reliability"]!);
        Assert.Equal(0.5, (double)first["locality_by_kind"]!["same_subject"]!["score"]!);
        Assert.Equal(Hostile, (string)first["failures"]![0]!["given"]!);
        Assert.Null(json["results"]![1]!["drift"]);
        Assert.Null(json["results"]![1]!["reliability"]);
        Assert.Equal("no finite loss", (string)json["results"]![1]!["problem"]!);
    }

    [Fact]
    public void Write_Csv_HasARowForEachResultWithAllColumns()
    {
        IReadOnlyList<CsvRecord> rows = CsvRecords.Parse(Written(ReportFiles.CsvName));

        Assert.Equal(3, rows.Count);
        Assert.All(rows, row => Assert.Equal(rows[0].Fields.Count, row.Fields.Count));
        Assert.Equal(["ibke", "10", "1", "0.8"], rows[1].Fields.Take(4));
        Assert.Equal("no finite loss", rows[2].Fields[^1]);
    }

    [Fact]
    public void Write_Html_IsWellFormedSelfContainedAndQuotesWhatModelsSay()
    {
        string html = Written(ReportFiles.HtmlName);

        XElement page = XDocument.Parse(html.Replace("<!doctype html>", "", StringComparison.Ordinal)).Root!;
        Assert.Equal("html", page.Name.LocalName);
        Assert.DoesNotContain(page.Descendants(), element => element.Name.LocalName is "script" or "link" or "img");
        Assert.DoesNotContain("http", html, StringComparison.Ordinal);
        Assert.Contains(page.Descendants("td"), cell => cell.Value == Hostile);
        Assert.Contains("prefers-color-scheme: dark", html, StringComparison.Ordinal);
        Assert.True(page.Descendants("svg").Count() >= 5);
        Assert.All(page.Descendants("figure").Descendants("path"), path => Assert.DoesNotContain("NaN", (string)path.Attribute("d")!, StringComparison.Ordinal));
    }

    [Fact]
    public void Write_FolderThatIsAFile_IsRefused()
    {
        File.WriteAllText(_folder["file"], "");

        Assert.Throws<ScoreException>(() => ReportFiles.Write(Report(), _folder["file"]));
    }

    private string Written(string name)
    {
        ReportFiles.Write(Report(), _folder["out"]);
        return File.ReadAllText(Path.Combine(_folder["out"], name));
    }

    private static ScoreReport Report()
    {
        MethodScore good = Score("ibke") with
        {
            Scores = new Dictionary<Panel, Proportion> { [Panel.Reliability] = new(8, 10), [Panel.Locality] = new(1, 2) },
            ByKind = new Dictionary<Panel, IReadOnlyDictionary<string, Proportion>>
            {
                [Panel.Reliability] = new Dictionary<string, Proportion> { ["own_prompt"] = new(8, 10) },
                [Panel.Locality] = new Dictionary<string, Proportion> { ["same_subject"] = new(1, 2) },
            },
            ByCaseKind = new Dictionary<string, IReadOnlyDictionary<Panel, Proportion>>
            {
                ["unknown_subject"] = new Dictionary<Panel, Proportion> { [Panel.Reliability] = new(3, 4) },
            },
            TeacherForced = new Dictionary<Panel, Proportion> { [Panel.Reliability] = new(28, 30), [Panel.Locality] = new(5, 6) },
            Abstention = new(2, 2),
            Groups = 1,
            Drift = 0.001,
            SecondsPerEdit = 0.05,
            BytesPerEdit = 150_000,
            UneditedTokensPerSecond = 400,
            TokensPerSecond = 380,
            Reverted = true,
            Skills = [new SkillScore("tools: call", new(9, 10), new(8, 10))],
            Failures = [new CaseFailure("c1", Hostile, "b", new FailedAnswer(Panel.Locality, "same_subject", "Who?", "I", Hostile))],
        };
        TunedMethod[] methods =
        [
            new("ibke", "", 1, []), new("rome", "layer 3", 2, [new TuningTrial("rome", "layer 3", 1, 0.5, 0.25, 12)]),
        ];
        return new ScoreReport(
            new ReportSubject("tiny", "abc", "editor", 10, 5, TimeSpan.FromMinutes(1), 150, "2 cores"), methods, [good, Score("rome") with { Problem = "no finite loss" }]);
    }

    // Nothing measured.
    private static MethodScore Score(string method) => new()
    {
        Method = method,
        Edits = 10,
        Groups = 0,
        Scores = new Dictionary<Panel, Proportion>(),
        ByKind = new Dictionary<Panel, IReadOnlyDictionary<string, Proportion>>(),
        ByCaseKind = new Dictionary<string, IReadOnlyDictionary<Panel, Proportion>>(),
        TeacherForced = new Dictionary<Panel, Proportion>(),
        Abstention = default,
        Excluded = 0,
        Drift = double.NaN,
        SecondsPerEdit = double.NaN,
        BytesPerEdit = double.NaN,
        UneditedTokensPerSecond = double.NaN,
        TokensPerSecond = double.NaN,
        Reverted = null,
        Skills = [],
        Failures = [],
    };
}
