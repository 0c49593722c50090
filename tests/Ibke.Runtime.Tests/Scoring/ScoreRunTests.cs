using System.Text;
using Ibke.Runtime.Editing.Methods;
using Ibke.Runtime.Models;
using Ibke.Runtime.Scoring;
using Ibke.Runtime.Scoring.Reports;
using Ibke.Runtime.Scoring.Runs;
using Ibke.Runtime.Tests.Models;

namespace Ibke.Runtime.Tests.Scoring;

public sealed class ScoreRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LanguageModel _model = Atlas.Load();

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Run_EmbeddedEditor_IsRightWhereNoEditsAreNot()
    {
        File.WriteAllText(_folder["skills.jsonl"], """
            {"kind": "chat", "messages": [{"role": "user", "content": "Where is Jade Foods based?"}, {"role": "assistant", "content": "Selmouth"}]}
            {"kind": "chat", "messages": [{"role": "user", "content": "Where did Leona Zeller grow up?"}, {"role": "assistant", "content": "?"}]}
            {"parts": [["Where", 0], [" is", 1], [" it", 0]]}
            """);

        ScoreReport report = Run([1, 4], 12, _folder["skills.jsonl"], AtlasCases.Ibke(_model), AtlasCases.Nothing);

        MethodScore[] ibke = [.. report.Results.Where(result => result.Method == "ibke")];
        Assert.Equal([(1, 4), (4, 1)], ibke.Select(result => (result.Edits, result.Groups)));
        Assert.All(ibke, result => Assert.True(result.Scores[Panel.Reliability].Share > 0.7));
        Assert.All(ibke, result => Assert.True(result.Scores[Panel.Locality].Share > 0.8));
        Assert.All(ibke, result => Assert.True(result.BytesPerEdit > 1000 && result.SecondsPerEdit > 0 && result.TokensPerSecond > 0));
        Assert.All(ibke, result => Assert.InRange(result.Drift, 0, 0.1));
        MethodScore[] nothing = [.. report.Results.Where(result => result.Method == "nothing")];
        Assert.All(nothing, result => Assert.Equal((0, 1d), (result.Scores[Panel.Reliability].Right, result.Scores[Panel.Locality].Share)));
        Assert.All(nothing, result => Assert.Contains(result.Failures, failure => failure.Wrong.Panel == Panel.Reliability && failure.Wrong.Given != failure.Wrong.Wanted));
        Assert.All(report.Results, result => Assert.True(result.Reverted));
        Assert.All(report.Results, result => Assert.Equal(new SkillScore("chat", new(1, 1), new(1, 1)), result.Skills[0]));
        Assert.All(report.Results, result => Assert.Equal(("skills", 1), (result.Skills[1].Kind, result.Skills[1].Before.Asked)));
        Assert.All(report.Results, result => Assert.True(result.TeacherForced[Panel.Reliability].Asked > result.Scores[Panel.Reliability].Asked));
        Assert.Empty(_model.Versions.Current.Edits);
    }

    [Fact]
    public void Run_JournalCutAnywhere_GoesOnToTheSameScores()
    {
        ScoredMethod method = AtlasCases.Nothing;
        string[] expected = Described(Run([1, 3], 3, null, method));
        byte[] whole = File.ReadAllBytes(_folder[ScoreJournal.FileName]);
        Random random = new(5);
        for (int trial = 0; trial < 6; trial++)
        {
            File.WriteAllBytes(_folder[ScoreJournal.FileName], whole[..random.Next(whole.Length)]);

            Assert.Equal(expected, Described(Run([1, 3], 3, null, method)));
            Assert.InRange(new FileInfo(_folder[ScoreJournal.FileName]).Length, whole.Length - 200, whole.Length + 200);
        }

        // What is done is not done again, and a further number of edits is.
        Assert.Equal(expected, Described(Run([1, 3], 3, null, new ScoredMethod("nothing", [new EditMethodChoice("", () => throw new InvalidOperationException())]))));
        Assert.Equal(3, Run([1, 2, 3], 3, null, method).Results.Count);
    }

    [Fact]
    public void Run_Cancelled_KeepsWhatIsDone()
    {
        using CancellationTokenSource cancellation = new();
        ScoreRun run = new(_model, Settings([1], 3, null));

        Assert.ThrowsAny<OperationCanceledException>(() => run.Run(
            [AtlasCases.Nothing], progress => { if (progress.Done == 1) { cancellation.Cancel(); } }, cancellation.Token));

        Assert.Contains("\"case\"", File.ReadAllText(_folder[ScoreJournal.FileName]), StringComparison.Ordinal);
        Assert.Equal(3, Run([1], 3, null, AtlasCases.Nothing).Results[0].Groups);
    }

    [Fact]
    public void Run_JournalOfOtherCases_IsRefusedAndLeftAlone()
    {
        Run([1], 1, null, AtlasCases.Nothing);
        byte[] before = File.ReadAllBytes(_folder[ScoreJournal.FileName]);

        ScoreException error = Assert.Throws<ScoreException>(() => Run([1], 2, null, AtlasCases.Nothing));

        Assert.Contains("other cases", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(_folder[ScoreJournal.FileName]));
    }

    [Fact]
    public void Run_DamagedJournal_NamesTheLine()
    {
        Run([1], 1, null, AtlasCases.Nothing);
        string[] lines = File.ReadAllLines(_folder[ScoreJournal.FileName]);
        lines[1] = "{\"x\"";
        File.WriteAllText(_folder[ScoreJournal.FileName], string.Join('\n', lines) + "\n", new UTF8Encoding(false));

        Assert.Contains("line 2 is damaged", Assert.Throws<ScoreException>(() => Run([1], 1, null, AtlasCases.Nothing)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_ValidationCases_ChooseTheBestSettingAndReportTheOthers()
    {
        ScoredMethod method = new("either", [
            AtlasCases.Nothing.Choices[0] with { Settings = "nothing" },
            new EditMethodChoice("breaks", () => new Breaking()),
            AtlasCases.Ibke(_model).Choices[0] with { Settings = "editor" }]);
        ScoreSettings settings = Settings([1], 2, null) with { Validation = [.. AtlasCases.First(5).Skip(2)] };

        TunedMethod tuned = new ScoreRun(_model, settings).Run([method]).Methods[0];
        TunedMethod within = new ScoreRun(_model, settings with { Folder = _folder["short"], TuningBudget = TimeSpan.Zero }).Run([method]).Methods[0];

        Assert.Equal("editor", tuned.Settings);
        Assert.Equal(["nothing", "breaks", "editor"], tuned.Trials.Select(trial => trial.Settings));
        Assert.Equal((0, 1), (tuned.Trials[1].Sum, tuned.Trials[0].Locality));
        Assert.Equal(("nothing", 1, 3), (within.Settings, within.Trials.Count, within.Candidates));
    }

    [Fact]
    public void Run_MethodThatBreaksDown_IsReportedWithItsProblem()
    {
        MethodScore score = Run([1], 2, null, new ScoredMethod("breaking", [new EditMethodChoice("", () => new Breaking())])).Results[0];

        Assert.Equal(("no finite loss", 0), (score.Problem, score.Groups));
        Assert.Empty(score.Scores);
    }

    [Fact]
    public void Run_FactsThatDoNotFitTheContext_AreReportedAsThat()
    {
        EditMethodChoice choice = new EditMethods(_model).Choices("in-context-all")[0];
        ScoreReport report = Run([1, 60], 60, null, new ScoredMethod("in-context-all", [choice]));

        Assert.Null(report.Results[0].Problem);
        Assert.StartsWith("the facts do not fit the context of 512 tokens", report.Results[1].Problem, StringComparison.Ordinal);
        Assert.Empty(report.Results[1].Scores);
    }

    [Fact]
    public void Run_OtherReferenceText_IsRefused()
    {
        Run([1], 1, null, AtlasCases.Nothing);
        File.WriteAllText(_folder["text.txt"], "Barden is the capital of Kelstad.");

        ScoreException error = Assert.Throws<ScoreException>(
            () => new ScoreRun(_model, Settings([1], 1, null) with { TextFiles = [_folder["text.txt"]] }).Run([AtlasCases.Nothing]));

        Assert.Contains("another reference text", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5, "5 edits cannot be in force: there are 3 cases")]
    [InlineData(0, "0 edits cannot be in force")]
    public void Create_NumbersThatCannotBe_AreRefused(int edits, string problem) =>
        Assert.Contains(problem, Assert.Throws<ScoreException>(() => new ScoreRun(_model, Settings([edits], 3, null))).Message, StringComparison.Ordinal);

    [Fact]
    public void Create_ScoredCasesForTuningOrTraining_AreRefused()
    {
        ScoreSettings settings = Settings([1], 3, null);

        Assert.Contains(
            "1 of the cases that methods are tuned on are scored too",
            Assert.Throws<ScoreException>(() => new ScoreRun(_model, settings with { Validation = [.. AtlasCases.First(5).Skip(2)] })).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            AtlasCases.First(1)[0].Prompt,
            Assert.Throws<ScoreException>(() => new ScoreRun(_model, settings with { Training = AtlasCases.First(1) })).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "line 1: ")]
    [InlineData("{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}]}", "line 1: 'messages' holds nothing to learn")]
    [InlineData("", "holds no replies")]
    public void Create_BadSkills_NamesThePlace(string text, string problem)
    {
        File.WriteAllText(_folder["skills.jsonl"], text);

        ScoreException error = Assert.Throws<ScoreException>(() => new ScoreRun(_model, Settings([1], 1, _folder["skills.jsonl"])));

        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    private static string[] Described(ScoreReport report) => [.. report.Results.Select(result =>
        $"{result.Edits} {string.Join(",", result.Scores)} {result.Excluded} {result.Abstention} {result.Failures.Count} {string.Join(",", result.TeacherForced)}")];

    private ScoreReport Run(int[] edits, int cases, string? skills, params ScoredMethod[] methods) =>
        new ScoreRun(_model, Settings(edits, cases, skills)).Run(methods);

    private ScoreSettings Settings(int[] edits, int cases, string? skills) => new()
    {
        Cases = AtlasCases.First(cases), Folder = _folder.Path, Edits = edits, Sample = 4, SkillFiles = skills is null ? [] : [skills],
    };

    private sealed class Breaking : IEditMethod
    {
        public string Name => "breaking";

        public EditsInForce Apply(IReadOnlyList<Ibke.Runtime.Editing.EditRequest> requests, CancellationToken cancellationToken = default) =>
            throw new ArithmeticException("no finite loss");
    }
}
