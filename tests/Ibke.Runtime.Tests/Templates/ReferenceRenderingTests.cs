namespace Ibke.Runtime.Tests.Templates;

[Trait("Category", "Golden")]
public class ReferenceRenderingTests
{
    /// <summary>Cases of the language that are not supported yet. A case that begins to pass must be taken off.</summary>
    private static readonly HashSet<string> _notYet =
    [
        "globals-8", // the globals lipsum and self
    ];

    /// <summary>
    /// Cases of published templates that are not supported yet: text marked as <c>safe</c> does not yet escape what is added to it.
    /// </summary>
    private static readonly HashSet<string> _notYetOfModels = [.. new[]
    {
        "tools-user", "tools-user-noprompt", "tools-system-user", "tool-call-noprompt", "tool-result", "tool-result-noprompt",
        "tool-final", "tool-text-and-call", "tool-parallel-noprompt", "tool-parallel", "tool-null-content",
        "tool-content-absent", "tool-arguments-as-string", "tool-long-ids", "tool-no-ids", "tool-two-rounds",
        "unicode-arguments", "numbers-in-arguments", "reasoning-and-tools-noprompt", "reasoning-and-tools", "described-tools",
        "described-tools-noprompt", "described-tools-call", "described-tools-final", "string-arguments-parallel",
        "string-arguments-unicode-noprompt",
    }.Select(static name => "meetkai-functionary-medium-v3.1/" + name)];

    public static TheoryData<string> LanguageFiles => [.. GoldenFiles.FilesNamed("jinja.json")];

    public static TheoryData<string> ModelFiles => [.. GoldenFiles.Templates];

    [Theory]
    [MemberData(nameof(LanguageFiles))]
    public void Render_LanguageCases_MatchReference(string file) => AssertMatches(TemplateCase.ReadLanguageFile(file), _notYet);

    [Theory]
    [MemberData(nameof(ModelFiles))]
    public void Render_ModelTemplates_MatchReference(string file) => AssertMatches(TemplateCase.ReadModelFile(file), _notYetOfModels);

    private static void AssertMatches(IEnumerable<TemplateCase> cases, HashSet<string> notYet)
    {
        List<string> failures = [];
        int count = 0;
        foreach (TemplateCase example in cases)
        {
            count++;
            string? mismatch = example.Mismatch();
            if (mismatch is not null != notYet.Contains(example.Name))
            {
                failures.Add(mismatch is null ? $"{example.Name} passes now: take it off the list" : $"{example.Name}: {mismatch}");
            }
        }

        Assert.True(count > 0, "The file holds no case.");
        Assert.True(failures.Count == 0, $"{failures.Count} cases:\n" + string.Join('\n', failures));
    }
}
