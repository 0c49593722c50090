using System.IO.Enumeration;
using Ibke.Runtime.Editing;

namespace Ibke.Runtime.Knowledge.Policies;

/// <summary>Says which facts a rule is about: <c>*</c> stands for any text and <c>?</c> for a character; case does not count.</summary>
public sealed record FactPattern
{
    /// <summary>What the fact is about, such as <c>Clear *</c>. Default: anything, also nothing.</summary>
    public string Subject { get; init; } = "*";

    /// <summary>The question that asks for it, such as <c>*CEO of*</c>. Default: any.</summary>
    public string Question { get; init; } = "*";

    /// <summary>Whether a fact is one of these. It is one however it is asked for: all wordings that the model's card knows for the question count.</summary>
    public bool Matches(EditRequest request, ModelCard card)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(card);
        WordingMatch? fact = card.Match(request.Prompt, request.Subject);
        string[] subjects = [.. new[] { request.Subject, fact?.Subject }.OfType<string>()];
        string[] questions = [request.Prompt, .. request.Rephrasings, .. card.OtherWordings(request.Prompt, request.Subject)];
        return (Subject == "*" || subjects.Any(subject => IsLike(Subject, subject)) || questions.Any(question => IsLike($"*{Subject}*", question)))
            && questions.Any(question => IsLike(Question, question));
    }

    private static bool IsLike(string pattern, string text) => FileSystemName.MatchesSimpleExpression(pattern, text.Trim(), ignoreCase: true);
}
