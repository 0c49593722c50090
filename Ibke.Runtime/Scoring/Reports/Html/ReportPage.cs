using System.Text;

namespace Ibke.Runtime.Scoring.Reports.Html;

/// <summary>The report as one page: plots, tables and wrong answers. It needs no script and nothing beside it.</summary>
internal sealed class ReportPage
{
    private readonly ScoreReport _report;
    private readonly StringBuilder _html = new();
    private readonly ScoreTables _tables;

    private ReportPage(ScoreReport report)
    {
        _report = report;
        _tables = new ScoreTables(report, _html);
    }

    /// <summary>The document.</summary>
    public static string Text(ScoreReport report)
    {
        ReportPage page = new(report);
        page.Head();
        page.ScorePlots();
        page._tables.Scores();
        page._tables.Kinds();
        page.CostPlots();
        page._tables.Costs();
        page._tables.Skills();
        page._tables.Tuning();
        page._tables.Failures();
        page._tables.TeacherForced();
        page.Method();
        return page._html.Append("</main></body></html>\n").ToString();
    }

    private void Head()
    {
        ReportSubject about = _report.About;
        string counts = string.Join(", ", _report.Results.Select(result => result.Edits).Distinct());
        _html.Append($"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"/><meta name="viewport" content="width=device-width, initial-scale=1"/>
            <title>Scores of edits: {HtmlText.Of(about.Model)}</title><style>
            {PageStyle.Css}
            </style></head><body><main>
            <h1>Scores of edits: {HtmlText.Of(about.Model)}</h1>
            <p class="soft">{_report.Methods.Count} {(_report.Methods.Count == 1 ? "method" : "methods")} on the same model, cases and scorer; {about.Cases:N0} cases of different facts; {HtmlText.Of(counts)} edits in force.
            Editor: {HtmlText.Of(about.Editor)}. {HtmlText.Of(about.Machine)}.<br/>Weights <code>{HtmlText.Of(about.ModelHash)}</code></p>
            <p>Every answer is a free greedy reply; it counts only if the whole answer and its end are right. Ranges are 95 % intervals (Wilson).</p>

            """);
    }

    private void ScorePlots()
    {
        _html.Append("<h2>Scores by number of edits in force</h2>\n<ul class=\"legend\">");
        for (int i = 0; i < _report.Methods.Count; i++)
        {
            _html.Append($"""<li><svg viewBox="0 0 26 12" aria-hidden="true"><g class="line s{PlotMarker.StyleOf(i)}"><polyline points="0,6 26,6"/><path d="{PlotMarker.Path(i, 13, 6)}"/></g></svg>{HtmlText.Of(_report.Methods[i].Name)}</li>""");
        }

        _html.Append("</ul>\n<div class=\"plots\">\n");
        (Panel Panel, string Title)[] panels =
        [
            (Panel.Reliability, "Reliability: the edit’s own question, %"),
            (Panel.Generality, "Generality: the same asked otherwise, %"),
            (Panel.Locality, "Locality: other questions as before, %"),
            (Panel.Portability, "Portability: what follows from the edit, %"),
        ];
        foreach ((Panel panel, string title) in panels.Where(panel => _report.Results.Any(result => result.Scores.ContainsKey(panel.Panel))))
        {
            _html.Append(new LinePlot(title, PlotScale.Share).Draw(Lines(
                result => result.Scores.TryGetValue(panel, out Proportion score) ? (score.Share, score.Low, score.High) : (double.NaN, 0, 0))));
        }

        _html.Append("</div>\n");
    }

    private void CostPlots()
    {
        _html.Append("<h2>Cost</h2>\n<div class=\"plots\">\n");
        Cost("Time to compute an edit", result => result.SecondsPerEdit, HtmlText.Seconds);
        Cost("Memory of an edit", result => result.BytesPerEdit, HtmlText.Bytes);
        Cost("Drift on ordinary text, nats a token", result => result.Drift, HtmlText.Small);
        double largest = _report.Results.Select(Speed).Where(double.IsFinite).Append(1).Max();
        _html.Append(new LinePlot("Decode speed, % of the unedited model’s", PlotScale.ShareUpTo(largest)).Draw(Lines(result => (Speed(result), 0, 0))));
        _html.Append("</div>\n");
    }

    private static double Speed(MethodScore result) => result.TokensPerSecond / result.UneditedTokensPerSecond;

    private void Cost(string title, Func<MethodScore, double> value, Func<double, string> text)
    {
        if (_report.Results.Any(result => value(result) > 0))
        {
            PlotScale scale = PlotScale.Powers(_report.Results.Select(value), text);
            _html.Append(new LinePlot(title, scale).Draw(Lines(result => (value(result), 0, 0))));
        }
    }

    private PlotLine[] Lines(Func<MethodScore, (double Value, double Low, double High)> read) => [.. _report.Methods.Select((method, i) => new PlotLine(
        method.Name,
        i,
        [.. _report.Results.Where(result => result.Method == method.Name).Select(result =>
        {
            (double value, double low, double high) = read(result);
            return new PlotPoint(result.Edits, value, low, high);
        })]))];

    private void Method() => _html.Append($"""
        <h2>How it was measured</h2>
        <p>With n edits in force, the first n cases are applied together, and the questions of all of them are asked. For smaller n, further groups of n are taken from the
        first {_report.About.Sample:N0} cases; n = 1 is every one of them by itself. Intervals take questions for independent, which those of one group are not quite.</p>
        <p>Reliability asks the edit’s own prompt. Generality asks unseen wordings, lets the model continue plain text, asks within a longer conversation and with tools listed, as far as
        the cases have such questions. Locality wants what the unedited model generated; questions that another edit in force changes are left out. Portability asks for consequences
        and in reverse. Drift is KL(edited ‖ unedited) a token on ordinary text that names no edited subject. Abstention is the share of questions to which the unedited model says
        that it does not know and the edited one still says so. Tool skill asks for every reply of conversations that name no edited subject, before and under the edits.</p>
        <p>A reply that is wanted is checked without generating: greedy generation gives it exactly if each of its tokens is the likeliest after those before it. Decode speed is that of one
        reply, unedited and edited model in turns, the fastest of eight rounds each. To take all edits back must leave the logits the same to the bit.</p>

        """);
}
