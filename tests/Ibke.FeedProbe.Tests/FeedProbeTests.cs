using System.Text.RegularExpressions;

namespace Ibke.FeedProbe.Tests;

public sealed class FeedProbeTests
{
    private const string Abstractions = "Microsoft.SemanticKernel.Abstractions";
    private const string Core = "Microsoft.SemanticKernel.Core";
    private const string Agents = "Microsoft.SemanticKernel.Agents.Core";
    private const string RunSample = "run -c Release --project samples/SelfCorrectingAgent";

    [Fact]
    public void Run_FeedHasEverything_UsesTheAgentAndLeavesNothingOut()
    {
        using var repository = new ScratchRepository(Abstractions, Core, Agents);

        var output = repository.Dotnet(RunSample);

        Assert.Contains("host: agent", output);
        Assert.DoesNotContain("Left out", output);
        Assert.True(File.Exists(repository.PathOf("Ibke.SemanticKernel/bin/Release/net10.0/Ibke.SemanticKernel.dll")));
    }

    [Fact]
    public void Build_FeedLacksAgents_BuildsTheConnectorAndSaysOnceWhatIsLeftOut()
    {
        using var repository = new ScratchRepository(Abstractions, Core);

        var output = repository.Dotnet("build -c Release");

        Assert.Single(LeftOutLines(output));
        Assert.Matches($"Left out: the Semantic Kernel agent.*NU1101.*{Regex.Escape(Agents)}", output);
        Assert.True(File.Exists(repository.PathOf("Ibke.SemanticKernel/bin/Release/net10.0/Ibke.SemanticKernel.dll")));
        Assert.Contains("host: loop", repository.Dotnet("samples/SelfCorrectingAgent/bin/Release/net10.0/SelfCorrectingAgent.dll"));
    }

    [Fact]
    public void Build_FeedLacksEverything_LeavesTheConnectorOutAndRemembersIt()
    {
        using var repository = new ScratchRepository();

        var first = repository.Dotnet("build -c Release");
        var answer = File.ReadAllText(repository.AnswerFile);

        Assert.Single(LeftOutLines(first));
        Assert.Matches("Left out: Ibke.SemanticKernel, its tests.*NU1101", first);
        Assert.False(Directory.Exists(repository.PathOf("Ibke.SemanticKernel/bin/Release")));

        // A probe would overwrite the mark.
        File.WriteAllText(repository.AnswerFile, answer.Replace("Left out:", "Left out (remembered):", StringComparison.Ordinal));
        var second = repository.Dotnet("restore");

        Assert.Contains("Left out (remembered):", Assert.Single(LeftOutLines(second)));
    }

    [Fact]
    public void Restore_SettingsChange_AsksAgain()
    {
        using var repository = new ScratchRepository();
        repository.Dotnet("restore samples/SelfCorrectingAgent");

        repository.AddPackage(Abstractions);
        repository.AddPackage(Core);
        repository.AddPackage(Agents);
        repository.UseFeed("./feed");
        repository.Dotnet("restore samples/SelfCorrectingAgent");

        Assert.Contains("|kernel,agents|", File.ReadAllText(repository.AnswerFile));
    }

    [Fact]
    public void Restore_FeedCannotBeReached_SaysSoAndDoesNotRememberIt()
    {
        using var repository = new ScratchRepository();
        repository.UseFeed("http://127.0.0.1:9/index.json");

        var first = repository.Dotnet("restore Ibke.SemanticKernel");
        var second = repository.Dotnet("restore Ibke.SemanticKernel");

        Assert.Matches("Left out: .*could not be asked.*NU1301", first);
        Assert.Matches("Left out: .*could not be asked.*NU1301", second);
        Assert.StartsWith("?", File.ReadAllText(repository.AnswerFile), StringComparison.Ordinal);
    }

    [Fact]
    public void Build_FromAnotherRepositoryBeforeTheFeedWasAsked_SaysWhichCommandHelps()
    {
        using var repository = new ScratchRepository(Abstractions, Core, Agents);
        repository.Write("other/Directory.Build.props", "<Project />");
        repository.Write("other/Directory.Build.targets", "<Project />");
        repository.Write("other/Directory.Packages.props", "<Project />");
        repository.Write("other/Other.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              <ItemGroup><ProjectReference Include="../Ibke.SemanticKernel/Ibke.SemanticKernel.csproj" /></ItemGroup>
            </Project>
            """);

        var first = repository.Dotnet("build -c Release other");
        repository.Dotnet("restore Ibke.SemanticKernel");
        var second = repository.Dotnet("build -c Release other");

        Assert.Matches("Ibke.SemanticKernel is left out.*dotnet restore", Assert.Single(LeftOutLines(first)));
        Assert.Empty(LeftOutLines(second));
        Assert.True(File.Exists(repository.PathOf("other/bin/Release/net10.0/Ibke.SemanticKernel.dll")));
    }

    // The summary at the end of a build repeats each warning; it is not counted.
    private static string[] LeftOutLines(string output) =>
        [.. output.Split("Build succeeded")[0].Split('\n').Where(line => line.Contains("warning IBKE0001", StringComparison.Ordinal))];
}
