using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Editing;

/// <summary>Makes the texts that edits of a model are computed on.</summary>
/// <param name="model">The model.</param>
/// <param name="card">Knows the subjects of questions that do not name theirs.</param>
/// <param name="form">The form of the updates, which decides the tokens that get neurons.</param>
internal sealed class EditTexts(LanguageModel model, ModelCard card, NeuronForm form = NeuronForm.Sparse)
{
    /// <summary>How the model is asked.</summary>
    /// <exception cref="InvalidOperationException">The model has no chat template, or its replies have no end.</exception>
    public QuestionPrompt Prompts { get; } = new(model);

    /// <summary>The text of an edit.</summary>
    /// <exception cref="ArgumentException">As <see cref="EditText.Create"/>.</exception>
    public EditText Create(EditRequest request) => EditText.Create(model, Prompts, Complete(request), form);

    /// <summary>The edit without surrounding spaces. A subject that does not stand in the question is of no use: the wordings of the card may know a better one.</summary>
    public EditRequest Complete(EditRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(request.Prompt);
        ArgumentNullException.ThrowIfNull(request.Answer);
        return request with
        {
            Prompt = request.Prompt.Trim(),
            Answer = request.Answer.Trim(),
            Subject = request.Subject?.Trim() is { Length: > 0 } subject && request.Prompt.Contains(subject, StringComparison.Ordinal)
                ? subject
                : card.Match(request.Prompt)?.Subject,
        };
    }
}
