using System.Text.Json.Nodes;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Editing.Cases;
using Ibke.Runtime.Models;
using Ibke.Runtime.Templates;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Training.Editors;

/// <summary>Makes tokens of the texts of edit cases, as the model will see them in use.</summary>
internal sealed class CaseEncoder
{
    private readonly LanguageModel _model;
    private readonly ChatTemplate _template;
    private readonly Dictionary<string, JsonNode?> _variables;
    private readonly EditTexts _texts;

    /// <summary>Prepares the encoding for a model.</summary>
    /// <exception cref="InvalidOperationException">The model has no chat template or no tokenizer.</exception>
    public CaseEncoder(LanguageModel model, NeuronForm form)
    {
        _model = model;
        _texts = new EditTexts(model, ModelCard.Load(model.Folder), form);
        _template = model.Template!; // EditTexts refuses a model without
        _variables = SpecialTokenVariables.Of(model.Tokenizer);
    }

    /// <summary>The text that an edit is computed on.</summary>
    /// <exception cref="ArgumentException">Question or answer is empty, holds special tokens, or is longer than the context.</exception>
    public EditText Edit(EditCase edit, string answer) =>
        _texts.Create(new EditRequest { Prompt = edit.Prompt, Answer = answer, Subject = edit.Subject });

    /// <summary>A question that an answer is wanted to.</summary>
    public ScoredPrompt Question(PromptRole role, string question, string answer) =>
        ScoredPrompt.Of(role, Question(question), Reply(answer));

    /// <summary>The tokens of a question up to where its answer begins.</summary>
    public IReadOnlyList<int> Question(string question) => _texts.Prompts.Encode(question);

    /// <summary>A plain text that an answer continues.</summary>
    public ScoredPrompt Statement(PromptRole role, ClozePrompt cloze, string answer)
    {
        IReadOnlyList<int> prompt = Statement(cloze.Prompt);
        int[] whole = [.. _model.Tokenizer.Encode($"{cloze.Prompt} {answer}{cloze.End}")];
        int same = whole.AsSpan().CommonPrefixLength([.. prompt]);
        if (cloze.End is null && _model.Tokenizer.EosToken is { } token && _model.Tokenizer.FindId(token) is { } end)
        {
            whole = [.. whole, end];
        }

        return ScoredPrompt.Of(role, whole[..same], whole[same..]);
    }

    /// <summary>The tokens of a plain text.</summary>
    public IReadOnlyList<int> Statement(string text) => _model.Tokenizer.Encode(text);

    /// <summary>A conversation whose next reply is the answer.</summary>
    /// <exception cref="TemplateException">The template refuses the conversation.</exception>
    public ScoredPrompt Conversation(PromptRole role, CaseConversation conversation, string answer)
    {
        string text = _template.Render(
            conversation.Messages.DeepClone().AsArray(), conversation.Tools?.DeepClone().AsArray(), addGenerationPrompt: true, _variables);
        return ScoredPrompt.Of(role, _model.Tokenizer.Encode(text), Reply(answer));
    }

    private int[] Reply(string answer) => [.. _model.Tokenizer.Encode(answer.Trim()), _texts.Prompts.EndOfTurn];
}
