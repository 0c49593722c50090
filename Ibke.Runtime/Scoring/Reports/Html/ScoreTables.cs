using System.Text;

namespace Ibke.Runtime.Scoring.Reports.Html;

/// <summary>The tables of the page.</summary>
internal sealed class ScoreTables(ScoreReport report, StringBuilder html)
{
    /// <summary>Scores of all methods by number of edits; the best of each number stands out.</summary>
    public void Scores()
    {
        Panel[] panels = [.. ReportNames.Panels.Where(panel => report.Results.Any(result => result.Scores.ContainsKey(panel)))];
        Begin(["edits", "method", .. panels.Select(ReportNames.Of), "sum of first three", "abstention", "skills", "skills unedited", "drift", "reverted"]);
        foreach (IGrouping<int, MethodScore> edits in report.Results.GroupBy(result => result.Edits))
        {
            string first = " class=\"first\"";
            foreach (MethodScore result in edits)
            {
                html.Append($"<tr{first}><td>{result.Edits:N0}</td><td class=\"text\">{HtmlText.Of(result.Method)}</td>");
                foreach (Panel panel in panels)
                {
                    Proportion score = result.Scores.GetValueOrDefault(panel);
                    bool best = score.Asked > 0 && score.Share >= edits.Max(other => other.Scores.TryGetValue(panel, out Proportion its) ? its.Share : 0);
                    Cell(HtmlText.Score(score), best ? "best" : null);
                }

                Cell(result.Scores.Count == 0 ? HtmlText.Nothing : $"<b>{HtmlText.Number(100 * result.Sum, 1)}</b>", result.Sum >= edits.Max(other => other.Sum) ? "best" : null);
                Cell(HtmlText.Score(result.Abstention));
                Cell(HtmlText.Score(result.AllSkills.After));
                Cell(HtmlText.Percent(result.AllSkills.Before.Share));
                Cell(HtmlText.Small(result.Drift));
                Cell(result.Problem is { } problem ? HtmlText.Of(problem) : result.Reverted switch { true => "to the bit", false => "no", null => HtmlText.Nothing }, result.Reverted == false || result.Problem is not null ? "bad" : null);
                html.Append("</tr>\n");
                first = "";
            }
        }

        End();
    }

    /// <summary>Scores by kind of question and of case, a table for each number of edits.</summary>
    public void Kinds()
    {
        html.Append("<h2>By kind of question</h2>\n");
        int most = report.Results.Select(result => result.Edits).DefaultIfEmpty(0).Max();
        foreach (IGrouping<int, MethodScore> edits in report.Results.GroupBy(result => result.Edits))
        {
            html.Append($"<details{(edits.Key == most ? " open=\"\"" : "")}><summary>{edits.Key:N0} in force</summary>\n");
            (Panel Panel, string Kind)[] kinds = [.. edits.SelectMany(result => result.ByKind, (_, panel) => panel)
                .SelectMany(panel => panel.Value.Keys, (panel, kind) => (panel.Key, kind)).Distinct().OrderBy(pair => pair.Key)];
            Begin(["question", "asked", .. edits.Select(result => result.Method)]);
            foreach ((Panel panel, string kind) in kinds)
            {
                Proportion[] scores = [.. edits.Select(result => result.ByKind.GetValueOrDefault(panel)?.GetValueOrDefault(kind) ?? default)];
                Row($"{HtmlText.Words(ReportNames.Of(panel))}: {HtmlText.Words(kind)}", $"{scores.Max(score => score.Asked):N0}", scores.Select(HtmlText.Score));
            }

            foreach (string kind in edits.SelectMany(result => result.ByCaseKind.Keys).Distinct())
            {
                foreach (Panel panel in ReportNames.Panels)
                {
                    Proportion[] scores = [.. edits.Select(result => result.ByCaseKind.GetValueOrDefault(kind)?.GetValueOrDefault(panel) ?? default)];
                    if (scores.Any(score => score.Asked > 0))
                    {
                        Row($"cases of kind {HtmlText.Words(kind)}: {HtmlText.Words(ReportNames.Of(panel))}", $"{scores.Max(score => score.Asked):N0}", scores.Select(HtmlText.Score));
                    }
                }
            }

            End();
            html.Append($"<p class=\"soft\">Questions left out because another edit in force changes what they ask: {edits.Max(result => result.Excluded):N0}.</p></details>\n");
        }
    }

    /// <summary>What edits cost.</summary>
    public void Costs()
    {
        Begin(["edits", "method", "time an edit", "memory an edit", "tokens/s", "unedited", "of unedited"]);
        foreach (MethodScore result in report.Results)
        {
            html.Append($"<tr><td>{result.Edits:N0}</td><td class=\"text\">{HtmlText.Of(result.Method)}</td>");
            Cell(HtmlText.Seconds(result.SecondsPerEdit));
            Cell(HtmlText.Bytes(result.BytesPerEdit));
            Cell(HtmlText.Number(result.TokensPerSecond, 0));
            Cell(HtmlText.Number(result.UneditedTokensPerSecond, 0));
            Cell(HtmlText.Percent(result.TokensPerSecond / result.UneditedTokensPerSecond) + " %");
            html.Append("</tr>\n");
        }

        End();
    }

    /// <summary>Replies in conversations with tools, before and under the edits.</summary>
    public void Skills()
    {
        string[] kinds = [.. report.Results.SelectMany(result => result.Skills.Prepend(result.AllSkills)).Where(skill => skill.After.Asked > 0).Select(skill => skill.Kind).Distinct()];
        if (kinds.Length == 0)
        {
            return;
        }

        html.Append("<h2>Skills, before → under the edits</h2>\n");
        foreach (IGrouping<int, MethodScore> edits in report.Results.GroupBy(result => result.Edits))
        {
            html.Append($"<details><summary>{edits.Key:N0} in force</summary>\n");
            Begin(["replies", "asked", "unedited", .. edits.Select(result => result.Method)]);
            foreach (string kind in kinds)
            {
                SkillScore?[] scores = [.. edits.Select(result => result.Skills.Prepend(result.AllSkills).FirstOrDefault(skill => skill.Kind == kind))];
                if (scores.OfType<SkillScore>().FirstOrDefault() is { } any)
                {
                    Row(HtmlText.Words(kind), $"{any.Before.Asked:N0}", scores.Select(score => HtmlText.Score(score?.After ?? default)).Prepend(HtmlText.Score(any.Before)));
                }
            }

            End();
            html.Append("</details>\n");
        }
    }

    /// <summary>The settings of the methods, and what was tried for them.</summary>
    public void Tuning()
    {
        html.Append("<h2>Settings</h2>\n");
        html.Append(report.About.ValidationCases == 0
            ? "<p>No method was tuned: each has its first setting.</p>\n"
            : $"<p>Chosen on {report.About.ValidationCases:N0} validation cases, 10 in force, up to {HtmlText.Seconds(report.About.TuningBudget.TotalSeconds)} a method; the largest sum of the three scores.</p>\n");
        Begin(["method", "settings", "reliability", "generality", "locality", "trial took"]);
        foreach (TunedMethod method in report.Methods)
        {
            html.Append($"<tr class=\"first\"><td>{HtmlText.Of(method.Name)}</td><td class=\"text\"><b>{HtmlText.Of(method.Settings.Length == 0 ? "its own" : method.Settings)}</b></td>");
            html.Append($"<td colspan=\"4\">{(method.Candidates == 1 ? "no others" : $"{method.Trials.Count} of {method.Candidates} tried")}</td></tr>\n");
            foreach (TuningTrial trial in method.Trials)
            {
                html.Append($"<tr><td></td><td class=\"text\">{HtmlText.Of(trial.Settings)}</td>");
                Cell(HtmlText.Percent(trial.Reliability));
                Cell(HtmlText.Percent(trial.Generality));
                Cell(HtmlText.Percent(trial.Locality));
                Cell(HtmlText.Seconds(trial.Seconds));
                html.Append("</tr>\n");
            }
        }

        End();
    }

    /// <summary>Wrong answers to be read.</summary>
    public void Failures()
    {
        html.Append("<h2>Wrong answers</h2>\n<p>The first of each panel, as they were generated.</p>\n");
        foreach (MethodScore result in report.Results.Where(result => result.Failures.Count > 0))
        {
            html.Append($"<details><summary>{HtmlText.Of(result.Method)}, {result.Edits:N0} in force</summary>\n");
            Begin(["panel", "asked", "wanted", "given", "of the edit"], "said");
            foreach (CaseFailure failure in result.Failures.OrderBy(failure => failure.Wrong.Panel))
            {
                html.Append($"<tr><td>{HtmlText.Words(ReportNames.Of(failure.Wrong.Panel))}: {HtmlText.Words(failure.Wrong.Kind)}</td><td>{HtmlText.Of(failure.Wrong.Question)}</td>");
                html.Append($"<td>{HtmlText.Of(failure.Wrong.Wanted)}</td><td>{HtmlText.Of(failure.Wrong.Given)}</td>");
                html.Append($"<td><small>{HtmlText.Of(failure.Case)}</small> {HtmlText.Of(failure.Prompt)} {HtmlText.Of(failure.Answer)}</td></tr>\n");
            }

            End();
            html.Append("</details>\n");
        }
    }

    /// <summary>Token scores, which other reports give.</summary>
    public void TeacherForced()
    {
        html.Append("<h2>Teacher-forced token scores</h2>\n<p>The share of tokens that are the likeliest when all right tokens before them are given. They are not answers, and higher than them.</p>\n");
        Begin(["edits", "method", .. ReportNames.Panels.Select(ReportNames.Of)]);
        foreach (MethodScore result in report.Results)
        {
            html.Append($"<tr><td>{result.Edits:N0}</td><td class=\"text\">{HtmlText.Of(result.Method)}</td>");
            foreach (Panel panel in ReportNames.Panels)
            {
                Cell(HtmlText.Percent(result.TeacherForced.GetValueOrDefault(panel).Share));
            }

            html.Append("</tr>\n");
        }

        End();
    }

    private void Begin(IEnumerable<string> header, string? style = null)
    {
        html.Append($"<div class=\"wide\"><table{(style is null ? "" : $" class=\"{style}\"")}><thead><tr>");
        foreach (string name in header)
        {
            html.Append($"<th{(name is "method" or "settings" || style is not null ? " class=\"text\"" : "")}>{HtmlText.Of(name)}</th>");
        }

        html.Append("</tr></thead><tbody>\n");
    }

    private void End() => html.Append("</tbody></table></div>\n");

    private void Row(string name, string count, IEnumerable<string> cells)
    {
        html.Append($"<tr><td>{name}</td><td>{count}</td>");
        foreach (string cell in cells)
        {
            Cell(cell);
        }

        html.Append("</tr>\n");
    }

    private void Cell(string content, string? style = null) => html.Append(style is null ? $"<td>{content}</td>" : $"<td class=\"{style}\">{content}</td>");
}
