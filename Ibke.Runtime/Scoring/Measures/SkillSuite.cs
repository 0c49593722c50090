using System.Text.Json;
using System.Text.Json.Nodes;
using Ibke.Runtime.Editing.Cases;
using Ibke.Runtime.Editing.Methods;
using Ibke.Runtime.Models;
using Ibke.Runtime.Scoring.Questions;
using Ibke.Runtime.Scoring.Replies;
using Ibke.Runtime.Templates;

namespace Ibke.Runtime.Scoring.Measures;

/// <summary>
/// Conversations, mostly with tools, in which every message of the assistant is a wanted reply: what a model can do, before edits and under them.
/// A reply counts as right if free greedy generation after the conversation so far gives all of it and its end.
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
        _check = new GreedyCheck(model);
        _replies = replies;
    }

    /// <summary>The number of replies asked for.</summary>
    public int Count => _replies.Count;

    /// <summary>Reads a file of conversations: JSON lines <c>{"messages": [{"role", "content", "tool_calls"?, "tag"?, "learn"?}], "tools"?, "kind"?}</c>.</summary>
    /// <exception cref="ScoreException">The file is missing or not in the form; names file and line.</exception>
    public static SkillSuite Load(LanguageModel model, PromptEncoder encoder, string path)
    {
        List<SkillReply> replies = [];
        int number = 0;
        try
        {
            foreach (string line in File.ReadLines(path))
            {
                number++;
                if (!string.IsNullOrWhiteSpace(line))
                {
                    replies.AddRange(Read(encoder, CaseFields.Of(JsonElement.Parse(line))));
                }
            }
        }
        catch (Exception e) when (e is JsonException or FormatException or TemplateException)
        {
            throw new ScoreException($"{path}, line {number}: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ScoreException($"{path} cannot be read: {e.Message}", e);
        }

        return replies.Count > 0 ? new SkillSuite(model, encoder, replies) : throw new ScoreException($"{path} holds no conversations.");
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
        edits.HasContext ? reply.Expected with { Prompt = _encoder.Prompt(reply.Before, edits) } : reply.Expected;

    private static List<SkillReply> Read(PromptEncoder encoder, CaseFields line)
    {
        JsonArray messages = line.Objects("messages") ?? throw new FormatException("There is no \"messages\".");
        JsonArray? tools = line.Objects("tools");
        string kind = line.Text("kind") ?? "conversation";
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

    private sealed record SkillReply(string Kind, ChatTurns Before, string Conversation, ExpectedReply Expected);
}
