using Ibke.Runtime.Editing;

namespace Ibke.Runtime.Knowledge.Service;

/// <summary>What the texts of a proposal must be like before anything is done with them.</summary>
internal static class ProposalText
{
    private const int LongestQuestion = 1000;
    private const int LongestAnswer = 500;
    private const int LongestNote = 500;
    private const int MostQuestions = 64;

    /// <summary>What is wrong, in words that name the part; null where nothing is.</summary>
    public static string? FindProblem(FactProposal proposal)
    {
        EditRequest request = proposal.Request;
        IEnumerable<(string Name, string? Text, int Longest, bool Needed)> texts =
        [
            ("question", request.Prompt, LongestQuestion, true),
            ("answer", request.Answer, LongestAnswer, true),
            ("subject", request.Subject, LongestQuestion, false),
            ("statement", request.Statement, LongestQuestion, false),
            ("reason", proposal.Reason, LongestNote, false),
            .. request.Rephrasings.Select(text => ("rephrasing", (string?)text, LongestQuestion, true)),
            .. request.Neighbours.Select(text => ("neighbour", (string?)text, LongestQuestion, true)),
        ];
        return request.Rephrasings.Count > MostQuestions || request.Neighbours.Count > MostQuestions
            ? $"there are more than {MostQuestions} rephrasings or neighbours"
            : texts.Select(text => FindProblem(text.Name, text.Text, text.Longest, text.Needed)).FirstOrDefault(problem => problem is not null);
    }

    private static string? FindProblem(string name, string? text, int longest, bool needed) =>
        string.IsNullOrWhiteSpace(text) ? needed ? $"the {name} is empty" : null
        : text.Length > longest ? $"the {name} is {text.Length:N0} characters long, at most {longest:N0} are taken"
        : text.Any(char.IsControl) ? $"the {name} has control characters"
        : null;
}
