using Ibke.Runtime.Editing;

namespace Ibke.Cli.Chatting;

/// <summary>The commands of a chat that look at and correct the model's knowledge.</summary>
internal sealed class SlashCommands(IEditDesk desk)
{
    /// <summary>Runs a line that begins with a slash.</summary>
    /// <returns>A record to print, as text or as JSON.</returns>
    /// <exception cref="CommandException">The command is unknown or incomplete, or an edit was rejected.</exception>
    public async Task<object> RunAsync(string line, CancellationToken cancellation)
    {
        int space = line.IndexOf(' ', StringComparison.Ordinal);
        string name = space < 0 ? line : line[..space];
        string rest = space < 0 ? "" : line[(space + 1)..].Trim();
        return name switch
        {
            "/edit" => await EditAsync(ParseEdit(rest), cancellation),
            "/verify" when rest.Length > 0 => Describe(await desk.Editor.VerifyAsync(rest, cancellation)),
            "/verify" => throw new CommandException("Write /verify QUESTION."),
            "/list" => new ListText([.. desk.Editor.List().Select(record =>
                new ListedEdit(record.Id, record.Request.Prompt, record.Request.Answer, record.SupersededBy))]),
            "/undo" => await UndoAsync(rest, cancellation),
            _ => throw new CommandException($"There is no command {name}. /help shows what there is."),
        };
    }

    /// <summary>Makes one edit.</summary>
    /// <exception cref="CommandException">It was refused or rejected.</exception>
    public async Task<object> EditAsync(EditRequest request, CancellationToken cancellation)
    {
        (EditResult? result, string? waits) = await desk.EditAsync(request, cancellation);
        return result switch
        {
            null => new WaitText(waits!),
            { Status: EditStatus.Unchanged } => new EditText(null, result.AnswerBefore, result.AnswerAfter, null, null, 0),
            _ => new EditText(
                result.Id, result.AnswerBefore, result.AnswerAfter, result.Generality.ToString(), result.Locality.ToString(),
                result.Elapsed.TotalMilliseconds),
        };
    }

    /// <summary>Reads QUESTION = ANSWER. Both may contain an equals sign: the one after the question mark parts them.</summary>
    /// <exception cref="CommandException">One of the two is missing.</exception>
    internal static EditRequest ParseEdit(string text)
    {
        const string Separator = " = ";
        int mark = text.IndexOf('?', StringComparison.Ordinal);
        int spaced = text.IndexOf(Separator, mark + 1, StringComparison.Ordinal);
        if (spaced < 0)
        {
            spaced = text.IndexOf(Separator, StringComparison.Ordinal);
        }

        int equals = spaced < 0 ? text.IndexOf('=', mark + 1) : spaced + 1;
        string question = equals < 0 ? "" : text[..equals].Trim();
        string answer = equals < 0 ? "" : text[(equals + 1)..].Trim();
        return question.Length > 0 && answer.Length > 0
            ? new EditRequest { Prompt = question, Answer = answer, Requester = "ibke chat" }
            : throw new CommandException("Write /edit QUESTION = ANSWER.");
    }

    private static VerifyText Describe(VerifyResult result) => new(result.Answer, result.Known, result.EditId);

    private async Task<object> UndoAsync(string id, CancellationToken cancellation)
    {
        string chosen = id.Length > 0 ? id
            : desk.Editor.List().LastOrDefault(record => record.InForce)?.Id ?? throw new CommandException("There is no edit to undo.");
        return new UndoText(chosen, await desk.UndoAsync(chosen, cancellation));
    }

    private sealed record EditText(string? EditId, string Before, string After, string? Generality, string? Locality, double Milliseconds)
    {
        public override string ToString() => EditId is null
            ? $"already so: {After}"
            : $"{EditId}: {Before} → {After} (other wordings {Generality}, unrelated {Locality}, {Milliseconds:0} ms)";
    }

    private sealed record WaitText(string Waits)
    {
        public override string ToString() => Waits;
    }

    private sealed record VerifyText(string Answer, bool Known, string? EditId)
    {
        public override string ToString() => $"{Answer}{(EditId is null ? "" : $" ({EditId})")}";
    }

    private sealed record UndoText(string Undone, string? Restored)
    {
        public override string ToString() => $"undone: {Undone}{(Restored is null ? "" : $"; {Restored} is in force again")}";
    }

    private sealed record ListedEdit(string EditId, string Question, string Answer, string? SupersededBy);

    private sealed record ListText(IReadOnlyList<ListedEdit> Edits)
    {
        public override string ToString() => Edits.Count == 0
            ? "no edits"
            : string.Join(Environment.NewLine, Edits.Select(edit =>
                $"{edit.EditId}: {edit.Question} {edit.Answer}{(edit.SupersededBy is null ? "" : $" (superseded by {edit.SupersededBy})")}"));
    }
}
