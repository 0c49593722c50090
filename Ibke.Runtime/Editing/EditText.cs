using Ibke.Runtime.Generation;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Tokenization;

namespace Ibke.Runtime.Editing;

/// <summary>The tokens an edit is computed on: the question through the chat template, the answer, the end of turn.</summary>
internal sealed class EditText
{
    // Used where the question cannot be found in what the template made of it.
    private const int FallbackFirstNeuron = 3;

    private EditText(IReadOnlyList<int> prompt, IReadOnlyList<int> answer, int firstNeuron, int subjectRow, NeuronForm form)
    {
        SubjectRow = subjectRow;
        Inputs = [.. prompt, .. answer.SkipLast(1)];
        Targets = [.. answer];
        AnswerRows = [.. Enumerable.Range(prompt.Count - 1, answer.Count)];
        NeuronRows = form == NeuronForm.Recall
            ? [.. AnswerRows.Prepend(subjectRow).Distinct()]
            : [.. Enumerable.Range(firstNeuron, Inputs.Count - firstNeuron)];
    }

    private EditText(EditText text, IReadOnlyList<int> before)
    {
        Inputs = [.. before, .. text.Inputs];
        Targets = text.Targets;
        AnswerRows = [.. text.AnswerRows.Select(row => row + before.Count)];
        NeuronRows = [.. text.NeuronRows.Select(row => row + before.Count)];
        SubjectRow = text.SubjectRow + before.Count;
    }

    /// <summary>What goes into the model: all tokens but the end of turn.</summary>
    public IReadOnlyList<int> Inputs { get; }

    /// <summary>The answer and the end of turn.</summary>
    public IReadOnlyList<int> Targets { get; }

    /// <summary>The rows of <see cref="Inputs"/> that predict <see cref="Targets"/>.</summary>
    public IReadOnlyList<int> AnswerRows { get; }

    /// <summary>
    /// The rows that get a neuron: from the first token of the subject to the last before the end of turn; in recall <see cref="SubjectRow"/> and
    /// <see cref="AnswerRows"/>, for what lies between hardly tells one edit from another.
    /// </summary>
    public IReadOnlyList<int> NeuronRows { get; }

    /// <summary>The row of the subject's last token; that of the question where no subject stands in it.</summary>
    public int SubjectRow { get; }

    /// <summary>The text with tokens before it.</summary>
    public EditText After(IReadOnlyList<int> tokens) => new(this, tokens);

    /// <summary>Makes the text of a request.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">Its prompts.</param>
    /// <param name="request">The edit. Where its subject does not stand in the question, neurons begin at the question's first token.</param>
    /// <param name="form">The form of the update, which decides <see cref="NeuronRows"/>.</param>
    /// <exception cref="ArgumentException">Question or answer is empty, holds special tokens or half a surrogate pair, or is longer than the context.</exception>
    public static EditText Create(
        LanguageModel model, QuestionPrompt prompts, EditRequest request, NeuronForm form = NeuronForm.Sparse)
    {
        Check(model.Tokenizer, request.Prompt, nameof(request.Prompt));
        Check(model.Tokenizer, request.Answer, nameof(request.Answer));
        string text = prompts.Render(request.Prompt);
        IReadOnlyList<int> prompt = model.Tokenizer.Encode(text);
        int[] answer = [.. model.Tokenizer.Encode(request.Answer), prompts.EndOfTurn];
        int length = prompt.Count + answer.Length - 1;
        if (length >= model.Config.ContextLength)
        {
            throw new PromptTooLongException(length, model.Config.ContextLength);
        }

        (int first, int end) = prompts.QuestionIn(text) is { } question
            ? FindSubject(model.Tokenizer, text, question, request.Subject)
            : (FallbackFirstNeuron, prompt.Count);
        return new EditText(prompt, answer, Math.Min(first, prompt.Count - 1), Math.Clamp(end - 1, 0, prompt.Count - 1), form);
    }

    // The number of tokens before and up to the end of the subject's last occurrence in the question; of the question where it is not there.
    private static (int First, int End) FindSubject(Tokenizer tokenizer, string text, Range question, string? subject)
    {
        (int start, int length) = question.GetOffsetAndLength(text.Length);
        int at = string.IsNullOrWhiteSpace(subject)
            ? -1
            : text.AsSpan(start, length).LastIndexOf(subject, StringComparison.Ordinal);
        int end = at < 0 ? start + length : start + at + subject!.Length;
        return (tokenizer.Encode(text[..(start + Math.Max(at, 0))]).Count, tokenizer.Encode(text[..end]).Count);
    }

    private static void Check(Tokenizer tokenizer, string text, string name)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new ArgumentException($"The {name} of an edit is empty.", name);
        }

        if (HasHalfPair(text))
        {
            throw new ArgumentException($"The {name} of an edit holds half a surrogate pair.", name);
        }

        if (tokenizer.Encode(text).FirstOrDefault(tokenizer.IsSpecial, -1) is var special and >= 0)
        {
            throw new ArgumentException(
                $"The {name} of an edit contains the special token {tokenizer.TokenText(special)}, which only the chat template may write.", name);
        }
    }

    private static bool HasHalfPair(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]))
            {
                if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                {
                    return true;
                }

                i++;
            }
        }

        return false;
    }
}
