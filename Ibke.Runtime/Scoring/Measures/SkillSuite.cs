using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ibke.Runtime.Editing.Cases;
using Ibke.Runtime.Editing.Methods;
using Ibke.Runtime.Models;
using Ibke.Runtime.Scoring.Questions;
using Ibke.Runtime.Scoring.Replies;
using Ibke.Runtime.Templates;
using Ibke.Runtime.Training.Data;

namespace Ibke.Runtime.Scoring.Measures;

/// <summary>
/// What a model can do, before edits and under them: conversations, mostly with tools, in which every message of the assistant is a wanted reply,
/// and texts whose parts that are learned are to be continued. A reply counts as right if free greedy generation gives all of it and its end.
/// </summary>
internal sealed class SkillSuite
{
    private readonly PromptEncoder _encoder;
    private readonly GreedyCheck _check;
    private readonly IReadOnlyList<SkillReply> _replies;
    private IReadOnlyList<bool>? _before;

    private SkillSuite(LanguageModel model, PromptEncoder encoder, IReadOnlyList<SkillReply> replies)
    {
        _encoder = encoder;
        _check = new GreedyCheck(model, encoder.Ends);
        _replies = replies;
    }

    /// <summary>
    /// Reads files of training documents: JSON lines <c>{"messages": [{"role", "content", "tool_calls"?, "tag"?, "learn"?}], "tools"?, "kind"?}</c>,
    /// or <c>{"parts": [[text, weight]], "kind"?}</c>. Where a line has no kind, its file's name is one.
    /// </summary>
    /// <exception cref="ScoreException">A file is missing or not in the form; names file and line.</exception>
    public static SkillSuite Load(LanguageModel model, PromptEncoder encoder, IReadOnlyList<string> paths)
    {
        DocumentReader documents = DocumentReader.Load(model.Folder);
        return new SkillSuite(model, encoder, [.. paths.SelectMany(path => ReadFile(encoder, documents, path))]);
    }

    private static List<SkillReply> ReadFile(PromptEncoder encoder, DocumentReader documents, string path)
    {
        List<SkillReply> replies = [];
        string kind = Path.GetFileNameWithoutExtension(path);
        int number = 0;
        try
        {
            foreach (string line in File.ReadLines(path))
            {
                number++;
                if (!string.IsNullOrWhiteSpace(line))
                {
                    CaseFields fields = CaseFields.Of(JsonElement.Parse(line));
                    replies.AddRange(fields.Has("messages")
                        ? ReadChat(encoder, fields, fields.Text("kind") ?? kind)
                        : documents.Read(path, number, Encoding.UTF8.GetBytes(line)).SelectMany(
                            document => ReadText(encoder, document, line, fields.Text("kind") ?? kind)));
                }
            }
        }
        catch (TrainingDataException e)
        {
            throw new ScoreException(e.Message, e);
        }
        catch (Exception e) when (e is JsonException or FormatException or TemplateException)
        {
            throw new ScoreException($"{path}, line {number}: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ScoreException($"{path} cannot be read: {e.Message}", e);
        }

        return replies.Count > 0 ? replies : throw new ScoreException($"{path} holds no conversations.");
    }

    /// <summary>Asks for all replies with edits in force.</summary>
    /// <param name="edits">The edits.</param>
    /// <param name="subjects">Conversations that name one of them are left out: what is said in them may change.</param>
    /// <param name="cancellationToken">Looked at between passes.</param>
    /// <returns>By kind, in the order in which kinds occur.</returns>
    public IReadOnlyList<SkillScore> Measure(EditsInForce edits, IReadOnlyCollection<string> subjects, CancellationToken cancellationToken)
    {
        _before ??= [.. _check.Check(WeightVersion.Base, [.. _replies.Select(reply => reply.Expected)], cancellationToken).Select(result => result.Right)];
        int[] asked = [.. Enumerable.Range(0, _replies.Count).Where(i => !Names(_replies[i].Conversation, subjects))];
        IReadOnlyList<CheckedReply> after = _check.Check(edits.Version, [.. asked.Select(i => Expected(_replies[i], edits))], cancellationToken);
        return [.. asked
            .Select((reply, i) => (_replies[reply].Kind, Before: Count(_before[reply]), After: Count(after[i].Right)))
            .GroupBy(one => one.Kind)
            .Select(kind => new SkillScore(
                kind.Key,
                kind.Aggregate(default(Proportion), (sum, one) => sum + one.Before),
                kind.Aggregate(default(Proportion), (sum, one) => sum + one.After)))];

        static Proportion Count(bool right) => new(right ? 1 : 0, 1);
    }

    private static bool Names(string conversation, IReadOnlyCollection<string> subjects) =>
        subjects.Any(subject => conversation.Contains(subject, StringComparison.OrdinalIgnoreCase));

    private ExpectedReply Expected(SkillReply reply, EditsInForce edits) =>
        edits.HasContext && reply.Before is { } before ? reply.Expected with { Prompt = _encoder.Prompt(before, edits) } : reply.Expected;

    // Each run of learned tokens is a reply to what stands before it.
    private static IEnumerable<SkillReply> ReadText(PromptEncoder encoder, TrainingDocument document, string line, string kind)
    {
        int[] ids = document.Ids.ToArray();
        float[] weights = document.Weights.ToArray();
        for (int start = 1, end; start < ids.Length; start = end + 1)
        {
            end = start;
            while (end < ids.Length && weights[end] > 0)
            {
                end++;
            }

            if (end > start)
            {
                int[] learned = ids[start..end];
                bool ends = encoder.Ends.Contains(learned[^1]);
                yield return new SkillReply(kind, null, line, new ExpectedReply(ids[..start], new Reply(ends ? learned[..^1] : learned, ends)));
            }
        }
    }

    private static List<SkillReply> ReadChat(PromptEncoder encoder, CaseFields line, string kind)
    {
        JsonArray messages = line.Objects("messages") ?? throw new FormatException("There is no \"messages\".");
        JsonArray? tools = line.Objects("tools");
        string text = string.Concat(messages.Select(message => message!.ToJsonString(_plainText)));
        List<SkillReply> replies = [];
        for (int i = 0; i < messages.Count; i++)
        {
            JsonObject message = messages[i]!.AsObject();
            if (message["role"]?.ToString() == "assistant" && message["learn"]?.GetValueKind() != JsonValueKind.False)
            {
                ChatTurns before = new([.. messages.Take(i).Select(item => item!.DeepClone())], tools);
                Reply wanted = encoder.ReplyOf(before, message)
                    ?? throw new FormatException($"The chat template writes \"messages[{i}]\" in another way than it asks for it.");
                string name = message["tag"] is { } tag ? $"{kind}: {tag}" : kind;
                replies.Add(new SkillReply(name, before, text, new ExpectedReply(encoder.Prompt(before), wanted)));
            }
        }

        return replies.Count > 0 ? replies : throw new FormatException("\"messages\" has no reply of the assistant.");
    }

    private static readonly JsonSerializerOptions _plainText = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private sealed record SkillReply(string Kind, ChatTurns? Before, string Conversation, ExpectedReply Expected);
}
