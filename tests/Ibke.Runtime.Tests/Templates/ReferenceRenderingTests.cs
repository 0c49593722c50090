namespace Ibke.Runtime.Tests.Templates;

[Trait("Category", "Golden")]
public class ReferenceRenderingTests
{
    public static TheoryData<string> LanguageFiles => [.. GoldenFiles.FilesNamed("jinja.json")];

    public static TheoryData<string> ModelFiles => [.. GoldenFiles.Templates];

    [Theory]
    [MemberData(nameof(LanguageFiles))]
    public void Render_LanguageCases_MatchReference(string file) => AssertMatches(TemplateCase.ReadLanguageFile(file));

    [Theory]
    [MemberData(nameof(ModelFiles))]
    public void Render_ModelTemplates_MatchReference(string file) => AssertMatches(TemplateCase.ReadModelFile(file));

    private static void AssertMatches(IEnumerable<TemplateCase> cases)
    {
        List<string> failures = [];
        int count = 0;
        foreach (TemplateCase example in cases)
        {
            count++;
            string? mismatch = example.Mismatch();
            if (mismatch is not null)
            {
                failures.Add($"{example.Name}: {mismatch}");
            }
        }

        Assert.True(count > 0, "The file holds no case.");
        Assert.True(failures.Count == 0, $"{failures.Count} cases:\n" + string.Join('\n', failures));
    }
}
