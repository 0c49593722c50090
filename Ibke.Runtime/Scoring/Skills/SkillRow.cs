using System.Text.Json;
using Ibke.Runtime.Training.Data;

namespace Ibke.Runtime.Scoring.Skills;

/// <summary>A line of a file of skills, as tokens with the places of the wanted replies.</summary>
/// <param name="Line">Its number in the file, from 1.</param>
/// <param name="Ids">The tokens.</param>
/// <param name="Replies">The replies in them, in order.</param>
internal sealed record SkillRow(int Line, ReadOnlyMemory<int> Ids, IReadOnlyList<SkillRow.Reply> Replies)
{
    /// <summary>Reads a line.</summary>
    /// <returns>Several rows where the chat template writes earlier turns in another way once a conversation goes on.</returns>
    /// <exception cref="TrainingDataException">The line is in no form that can be trained on.</exception>
    public static IReadOnlyList<SkillRow> Read(DocumentReader reader, string file, int line, byte[] json)
    {
        IReadOnlyList<TrainingDocument> documents = reader.Read(file, line, json);
        using JsonDocument parsed = JsonDocument.Parse(json);
        if (!parsed.RootElement.TryGetProperty("messages", out JsonElement messages))
        {
            return [.. documents.Select(text => new SkillRow(line, text.Ids, Parts(text)))];
        }

        string?[] tags = [.. messages.EnumerateArray().Where(IsReply).Select(Tag)];
        List<(TrainingDocument Document, List<Reply> Replies)> found = [.. documents.Select(document => (document, Spans(document, document.Length)))];
        bool inOrder = found.Sum(row => row.Replies.Count) == tags.Length && found.Count == 1;
        return [.. found.Select(row => new SkillRow(
            line, row.Document.Ids, inOrder ? [.. row.Replies.Select((reply, i) => reply with { Tag = tags[i] })] : row.Replies))];
    }

    // A text may go on after what is asked for, so the token that ends it is not.
    private static List<Reply> Parts(TrainingDocument text) => Spans(text, text.Length - 1);

    private static List<Reply> Spans(TrainingDocument document, int length)
    {
        List<Reply> replies = [];
        ReadOnlySpan<float> weights = document.Weights.Span;
        for (int i = 1; i < length; i++)
        {
            if (weights[i] == 0)
            {
                continue;
            }

            int start = i;
            while (i < length && weights[i] != 0)
            {
                i++;
            }

            replies.Add(new Reply(start, i, null));
        }

        return replies;
    }

    private static bool IsReply(JsonElement message) =>
        message.GetProperty("role").ValueEquals("assistant")
        && !(message.TryGetProperty("learn", out JsonElement learn) && learn.ValueKind == JsonValueKind.False);

    private static string? Tag(JsonElement message) =>
        message.TryGetProperty("tag", out JsonElement tag) && tag.ValueKind == JsonValueKind.String ? tag.GetString() : null;

    /// <summary>A wanted reply: its tokens and its end.</summary>
    /// <param name="Start">Its first token.</param>
    /// <param name="End">Behind its last one.</param>
    /// <param name="Tag">What its message is tagged with.</param>
    public readonly record struct Reply(int Start, int End, string? Tag);
}
