using System.Text.Json.Nodes;
using Ibke.Runtime.Models;
using Ibke.Runtime.Templates;

namespace Ibke.Runtime.Editing;

/// <summary>Puts a question to a model as the first turn of an empty conversation, through the model's own chat template.</summary>
internal sealed class QuestionPrompt
{
    private const string SampleQuestion = "Question", SampleAnswer = "Answer";

    private readonly LanguageModel _model;
    private readonly ChatTemplate _template;
    private readonly Dictionary<string, JsonNode?> _variables;

    /// <summary>Prepares the prompts of a model.</summary>
    /// <exception cref="InvalidOperationException">The model has no chat template, or its replies have no end.</exception>
    public QuestionPrompt(LanguageModel model)
    {
        _model = model;
        _template = model.Template ?? throw new InvalidOperationException(
            $"The model {model.Id} has no chat template; an edit needs one to ask its question with.");
        _variables = new Dictionary<string, JsonNode?>
        {
            ["bos_token"] = model.Tokenizer.BosToken,
            ["eos_token"] = model.Tokenizer.EosToken,
        };
        EndOfTurn = FindEndOfTurn();
    }

    /// <summary>The token that ends an answer.</summary>
    public int EndOfTurn { get; }

    /// <summary>The text up to where the answer begins.</summary>
    public string Render(string question) => Render([Message("user", question)], addGenerationPrompt: true);

    /// <summary>The tokens up to where the answer begins.</summary>
    public IReadOnlyList<int> Encode(string question) => _model.Tokenizer.Encode(Render(question));

    private static JsonObject Message(string role, string content) => new() { ["role"] = role, ["content"] = content };

    private string Render(JsonArray messages, bool addGenerationPrompt) =>
        _template.Render(messages, tools: null, addGenerationPrompt, _variables);

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
