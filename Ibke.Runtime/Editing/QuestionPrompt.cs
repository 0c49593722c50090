using System.Text.Json.Nodes;
using Ibke.Runtime.Models;
using Ibke.Runtime.Templates;

namespace Ibke.Runtime.Editing;

/// <summary>Puts a question to a model as the first turn of an empty conversation, through the model's own chat template.</summary>
internal sealed class QuestionPrompt
{
    // The two questions differ in their first and in their last character.
    private const string SampleQuestion = "Question", OtherQuestion = "Else?", SampleAnswer = "Answer";

    private readonly LanguageModel _model;
    private readonly ChatTemplate _template;
    private readonly Dictionary<string, JsonNode?> _variables;
    private readonly string _head;
    private readonly string _tail;

    /// <summary>Prepares the prompts of a model.</summary>
    /// <exception cref="InvalidOperationException">The model has no chat template, or its replies have no end.</exception>
    public QuestionPrompt(LanguageModel model)
    {
        _model = model;
        _template = model.Template ?? throw new InvalidOperationException(
            $"The model {model.Id} has no chat template; an edit needs one to ask its question with.");
        _variables = SpecialTokenVariables.Of(model.Tokenizer);
        EndOfTurn = FindEndOfTurn();
        (_head, _tail) = FindSurroundings();
    }

    /// <summary>The token that ends an answer.</summary>
    public int EndOfTurn { get; }

    /// <summary>The text up to where the answer begins.</summary>
    public string Render(string question) => Render([Message("user", question)], addGenerationPrompt: true);

    /// <summary>The text of a conversation up to where the reply begins.</summary>
    /// <exception cref="TemplateException">The template refuses it.</exception>
    public string Render(Canary canary) => _template.Render(canary.Messages, canary.Tools, addGenerationPrompt: true, _variables);

    /// <summary>The tokens up to where the answer begins.</summary>
    public IReadOnlyList<int> Encode(string question) => _model.Tokenizer.Encode(Render(question));

    /// <summary>Where the question stands in a rendered prompt; null where the template writes something else around it than usual.</summary>
    public Range? QuestionIn(string prompt)
    {
        bool usual = prompt.Length > _head.Length + _tail.Length
            && prompt.StartsWith(_head, StringComparison.Ordinal)
            && prompt.EndsWith(_tail, StringComparison.Ordinal);
        return usual ? _head.Length..^_tail.Length : null;
    }

    private static JsonObject Message(string role, string content) => new() { ["role"] = role, ["content"] = content };

    private string Render(JsonArray messages, bool addGenerationPrompt) =>
        _template.Render(messages, tools: null, addGenerationPrompt, _variables);

    // What two prompts have in common before and after their questions.
    private (string Head, string Tail) FindSurroundings()
    {
        string one = Render(SampleQuestion), other = Render(OtherQuestion);
        int head = one.AsSpan().CommonPrefixLength(other);
        int tail = 0;
        while (tail < Math.Min(one.Length, other.Length) - head && one[^(tail + 1)] == other[^(tail + 1)])
        {
            tail++;
        }

        return (one[..head], one[^tail..]);
    }

    // What the template writes after an answer begins with it; else the first of the tokens that end generation.
    private int FindEndOfTurn()
    {
        string prompt = Render(SampleQuestion) + SampleAnswer;
        string whole = Render([Message("user", SampleQuestion), Message("assistant", SampleAnswer)], addGenerationPrompt: false);
        IReadOnlyList<int> rest = whole.StartsWith(prompt, StringComparison.Ordinal)
            ? _model.Tokenizer.Encode(whole[prompt.Length..])
            : [];
        if (rest.Count > 0 && _model.EndOfSequenceIds.Contains(rest[0]))
        {
            return rest[0];
        }

        return _model.EndOfSequenceIds.Count > 0
            ? _model.EndOfSequenceIds.Min()
            : throw new InvalidOperationException($"The model {_model.Id} names no token that ends a reply (eos_token_id).");
    }
}
