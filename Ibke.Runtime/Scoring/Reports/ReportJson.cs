using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ibke.Runtime.Scoring.Reports;

/// <summary>A report as JSON: scores from 0 to 1, intervals of 95 %; what was not measured is null.</summary>
internal static class ReportJson
{
    private static readonly JsonSerializerOptions _indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The document.</summary>
    public static string Text(ScoreReport report) => new JsonObject
    {
        ["model"] = report.About.Model,
        ["model_sha256"] = report.About.ModelHash,
        ["editor"] = report.About.Editor,
        ["cases"] = report.About.Cases,
        ["sample"] = report.About.Sample,
        ["machine"] = report.About.Machine,
        ["validation_cases"] = report.About.ValidationCases,
        ["tuning_budget_seconds"] = report.About.TuningBudget.TotalSeconds,
        ["methods"] = new JsonArray([.. report.Methods.Select(Method)]),
        ["results"] = new JsonArray([.. report.Results.Select(Result)]),
    }.ToJsonString(_indented) + "\n";

    private static JsonNode Method(TunedMethod method) => new JsonObject
    {
        ["method"] = method.Name,
        ["settings"] = method.Settings,
        ["candidates"] = method.Candidates,
        ["trials"] = new JsonArray([.. method.Trials.Select(trial => new JsonObject
        {
            ["settings"] = trial.Settings,
            ["reliability"] = Number(trial.Reliability),
            ["generality"] = Number(trial.Generality),
            ["locality"] = Number(trial.Locality),
            ["seconds"] = Number(trial.Seconds),
        })]),
    };

    private static JsonNode Result(MethodScore score)
    {
        JsonObject result = new() { ["method"] = score.Method, ["edits"] = score.Edits, ["groups"] = score.Groups };
        foreach (Panel panel in ReportNames.Panels)
        {
            result[ReportNames.Of(panel)] = score.Scores.TryGetValue(panel, out Proportion share) ? Number(share.Share) : null;
        }

        result["drift"] = Number(score.Drift);
        result["abstention"] = Number(score.Abstention.Share);
        result["interval"] = Intervals(score);
        result["asked"] = Map(score.Scores, pair => ReportNames.Of(pair.Key), pair => pair.Value.Asked);
        result["excluded"] = score.Excluded;
        foreach ((Panel panel, IReadOnlyDictionary<string, Proportion> kinds) in score.ByKind.Where(pair => pair.Key != Panel.Reliability))
        {
            result[ReportNames.Of(panel) + "_by_kind"] = Shares(kinds);
        }

        result["by_case_kind"] = Map(score.ByCaseKind, pair => pair.Key, pair => Map(pair.Value, panel => ReportNames.Of(panel.Key), panel => Number(panel.Value.Share)));
        result["teacher_forced_tokens"] = Map(score.TeacherForced, pair => ReportNames.Of(pair.Key), pair => Number(pair.Value.Share));
        result["skills"] = new JsonArray([.. score.Skills.Prepend(score.AllSkills).Where(skill => skill.After.Asked > 0).Select(Skill)]);
        result["seconds_per_edit"] = Number(score.SecondsPerEdit);
        result["bytes_per_edit"] = Number(score.BytesPerEdit);
        result["tokens_per_second"] = Number(score.TokensPerSecond);
        result["tokens_per_second_unedited"] = Number(score.UneditedTokensPerSecond);
        result["reverted_to_the_bit"] = score.Reverted;
        result["problem"] = score.Problem;
        result["failures"] = new JsonArray([.. score.Failures.Select(Failure)]);
        return result;
    }

    private static JsonNode Skill(SkillScore skill) => new JsonObject
    {
        ["kind"] = skill.Kind, ["before"] = Number(skill.Before.Share), ["after"] = Number(skill.After.Share), ["asked"] = skill.After.Asked,
    };

    private static JsonNode Intervals(MethodScore score)
    {
        JsonObject intervals = Map(score.Scores, pair => ReportNames.Of(pair.Key), pair => Interval(pair.Value));
        if (score.Abstention.Asked > 0)
        {
            intervals["abstention"] = Interval(score.Abstention);
        }

        return intervals;
    }

    private static JsonArray Interval(Proportion share) => [Number(share.Low), Number(share.High)];

    private static JsonNode Failure(CaseFailure failure) => new JsonObject
    {
        ["case"] = failure.Case,
        ["prompt"] = failure.Prompt,
        ["answer"] = failure.Answer,
        ["panel"] = ReportNames.Of(failure.Wrong.Panel),
        ["kind"] = failure.Wrong.Kind,
        ["question"] = failure.Wrong.Question,
        ["wanted"] = failure.Wrong.Wanted,
        ["given"] = failure.Wrong.Given,
    };

    private static JsonObject Shares(IReadOnlyDictionary<string, Proportion> kinds) => Map(kinds, pair => pair.Key, pair => new JsonObject
    {
        ["score"] = Number(pair.Value.Share), ["interval"] = Interval(pair.Value), ["asked"] = pair.Value.Asked,
    });

    private static JsonObject Map<TKey, TValue>(
        IReadOnlyDictionary<TKey, TValue> values, Func<KeyValuePair<TKey, TValue>, string> name, Func<KeyValuePair<TKey, TValue>, JsonNode?> value) =>
        new(values.Select(pair => new KeyValuePair<string, JsonNode?>(name(pair), value(pair))));

    private static JsonNode? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;
}
