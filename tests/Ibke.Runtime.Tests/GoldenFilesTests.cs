namespace Ibke.Runtime.Tests;

/// <summary>The folder of reference cases itself.</summary>
[Trait("Category", "Golden")]
public sealed class GoldenFilesTests
{
    [Fact]
    public void NamedFolder_HoldsCases()
    {
        Assert.True(GoldenFiles.Named is null || GoldenFiles.Full is not null, $"{GoldenFiles.Variable} names no folder: {GoldenFiles.Named}");
        Assert.True(
            GoldenFiles.Named is null || GoldenFiles.FoundInFull().Any(),
            $"No reference case was found below {GoldenFiles.Full} ({GoldenFiles.Variable}).");
    }

    [Fact]
    public void CommittedSelection_HoldsEveryKind()
    {
        Assert.NotEmpty(GoldenFiles.Models);
        Assert.NotEmpty(GoldenFiles.Tokenizers);
        Assert.NotEmpty(GoldenFiles.Templates);
        Assert.NotEmpty(GoldenFiles.Trainings);
        Assert.All(
            ["components.json", "ops.json", "sampling.json", "jinja.json", "tool_formats.json"], name => Assert.NotEmpty(GoldenFiles.FilesNamed(name)));
    }
}
