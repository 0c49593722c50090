using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ibke.Runtime.Scoring.Questions;
using Ibke.Runtime.Training.Data;

namespace Ibke.Runtime.Scoring.Skills;

/// <summary>A line of a file of skills, as tokens with the places of the wanted replies.</summary>
/// <param name="Line">Its number in the file, from 1.</param>
/// <param name="Kind">What the line calls itself; else the name of the file without its ending.</param>
/// <param name="Text">What the line says, as it stands in the file but without escapes.</param>
/// <param name="Ids">The tokens.</param>
/// <param name="Replies">The replies in them, in order.</param>
internal sealed record SkillRow(int Line, string Kind, string Text, ReadOnlyMemory<int> Ids, IReadOnlyList<SkillRow.Reply> Replies)
{
    private static readonly JsonSerializerOptions _plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads a file of training documents (<see cref="DocumentReader"/>).</summary>
    /// <param name="reader">Makes tokens of lines.</param>
    /// <param name="path">JSON lines.</param>
    /// <param name="limit">At most so many lines, from the first one; null for all.</param>
    /// <exception cref="TrainingDataException">A line is in no form that can be trained on; names file and line.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static List<SkillRow> ReadFile(DocumentReader reader, string path, int? limit = null)
    {
        int number = 0;
        List<SkillRow> rows = [];
        foreach (string line in File.ReadLines(path).Take(limit ?? int.MaxValue))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                rows.AddRange(Read(reader, path, number, line));
            }
        }

        return rows;
    }

    // Several rows where the chat template writes earlier turns in another way once a conversation goes on.
    private static IEnumerable<SkillRow> Read(DocumentReader reader, string file, int number, string line)
    {
        IReadOnlyList<TrainingDocument> documents = reader.Read(file, number, Encoding.UTF8.GetBytes(line));
        JsonObject json = JsonNode.Parse(line)!.AsObject();
        string kind = json["kind"] is JsonValue value && value.TryGetValue(out string? name) ? name : Path.GetFileNameWithoutExtension(file);
        string text = json.ToJsonString(_plain);
        if (json["messages"] is not JsonArray messages)
        {
            // A text may go on after what is asked for, so the token that ends it is not.
            return documents.Select(document => new SkillRow(number, kind, text, document.Ids, Spans(document, document.Length - 1)));
        }

        Queue<Reply> asked = new(Asked(messages, json["tools"] as JsonArray));
        List<Reply>[] found = [.. documents.Select(document => Spans(document, document.Length))];
        bool inOrder = found.Sum(replies => replies.Count) == asked.Count;
        return documents.Zip(found, (document, replies) => new SkillRow(
            number, kind, text, document.Ids,
            inOrder ? [.. replies.Select(reply => asked.Dequeue() with { Start = reply.Start, End = reply.End })] : replies)).ToArray();
    }

    private static IEnumerable<Reply> Asked(JsonArray messages, JsonArray? tools) =>
        from place in Enumerable.Range(0, messages.Count)
        let message = messages[place]!.AsObject()
        where message["role"]?.ToString() == "assistant" && message["learn"]?.GetValueKind() != JsonValueKind.False
        let tag = message["tag"] is JsonValue value && value.TryGetValue(out string? text) ? text : null
        select new Reply(0, 0, tag, new ChatTurns([.. messages.Take(place).Select(item => item!.DeepClone())], tools));

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

            replies.Add(new Reply(start, i, null, null));
        }

        return replies;
    }

    /// <summary>A wanted reply: its tokens and its end.</summary>
    /// <param name="Start">Its first token.</param>
    /// <param name="End">Behind its last one.</param>
    /// <param name="Tag">What its message is tagged with.</param>
    /// <param name="Before">The conversation that it is a reply to; null in a text.</param>
    public readonly record struct Reply(int Start, int End, string? Tag, ChatTurns? Before);
}
