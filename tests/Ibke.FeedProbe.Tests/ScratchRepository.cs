using System.Diagnostics;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Ibke.FeedProbe.Tests;

/// <summary>
/// A copy of this repository's build files in a folder of its own, with small sources, a package feed of its own and an empty package cache.
/// The path has a space in it, as the folders of many users have.
/// </summary>
internal sealed partial class ScratchRepository : IDisposable
{
    private static readonly string Origin = FindOrigin();
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("feed probe ");

    public ScratchRepository(params string[] packages)
    {
        foreach (var file in Directory.EnumerateFiles(Origin, "Directory.*"))
        {
            File.Copy(file, Path.Combine(root.FullName, Path.GetFileName(file)));
        }

        Copy("global.json");
        Copy("eng/LeftOut.targets");
        Copy("eng/FeedProbe/FeedProbe.csproj");
        Copy("eng/FeedProbe/FeedProbe.props");
        Copy("eng/FeedProbe/FeedProbe.targets");
        Copy("Ibke.SemanticKernel/Ibke.SemanticKernel.csproj");
        Copy("samples/SelfCorrectingAgent/SelfCorrectingAgent.csproj");

        // The runtime's own packages do not matter here: without them nothing has to be fetched.
        Write("Ibke.Runtime/Ibke.Runtime.csproj", """<Project Sdk="Microsoft.NET.Sdk" />""");
        Write("samples/SelfCorrectingAgent/Program.cs", """
            #if SEMANTIC_KERNEL
            System.Console.WriteLine("host: agent");
            #else
            System.Console.WriteLine("host: loop");
            #endif
            """);
        Write("Scratch.slnx", """
            <Solution>
              <Project Path="Ibke.Runtime/Ibke.Runtime.csproj" />
              <Project Path="Ibke.SemanticKernel/Ibke.SemanticKernel.csproj" />
              <Project Path="samples/SelfCorrectingAgent/SelfCorrectingAgent.csproj" />
            </Solution>
            """);
        foreach (Match content in ContentPattern().Matches(File.ReadAllText(PathOf("samples/SelfCorrectingAgent/SelfCorrectingAgent.csproj"))))
        {
            Write($"samples/SelfCorrectingAgent/{content.Groups[1].Value}", "");
        }

        UseFeed("feed");
        Directory.CreateDirectory(PathOf("feed"));
        foreach (var package in packages.Concat(OtherPackages()))
        {
            AddPackage(package);
        }
    }

    public string AnswerFile => PathOf("obj/FeedProbe/answer.txt");

    public string PathOf(string relativePath) => Path.Combine(root.FullName, relativePath);

    public void UseFeed(string source) => Write("nuget.config", $"""
        <configuration>
          <packageSources><clear /><add key="scratch" value="{source}" allowInsecureConnections="true" /></packageSources>
          <fallbackPackageFolders><clear /></fallbackPackageFolders>
        </configuration>
        """);

    /// <summary>Writes a file, and makes its folder.</summary>
    public void Write(string relativePath, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(relativePath))!);
        File.WriteAllText(PathOf(relativePath), text);
    }

    /// <summary>Puts an empty package into the feed, of the version this repository asks for.</summary>
    public void AddPackage(string id)
    {
        var versions = File.ReadAllText(PathOf("Directory.Packages.props"));
        var version = Regex.Match(versions, $"Include=\"{Regex.Escape(id)}\" Version=\"([^\"]+)\"").Groups[1].Value;
        using var archive = ZipFile.Open(PathOf($"feed/{id}.{version}.nupkg"), ZipArchiveMode.Create);
        using (var nuspec = new StreamWriter(archive.CreateEntry($"{id}.nuspec").Open()))
        {
            nuspec.Write($"""
                <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
                  <metadata><id>{id}</id><version>{version}</version><authors>-</authors><description>-</description></metadata>
                </package>
                """);
        }

        archive.CreateEntry("lib/net10.0/_._");
    }

    /// <summary>Runs a <c>dotnet</c> command in the repository's root and returns all it printed; fails the test when the command fails.</summary>
    public string Dotnet(string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = root.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["NUGET_PACKAGES"] = PathOf("cache"),
                ["DOTNET_CLI_UI_LANGUAGE"] = "en",
                ["MSBUILDDISABLENODEREUSE"] = "1",
                ["MSBUILDTERMINALLOGGER"] = "off",
                ["NUGET_ENHANCED_MAX_NETWORK_TRY_COUNT"] = "1",
            },
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd() + errors.Result;
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"dotnet {arguments}: exit code {process.ExitCode}\n{output}");
        return output;
    }

    public void Dispose() => root.Delete(recursive: true);

    private static string FindOrigin([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", ".."));

    /// <summary>What the copied projects need besides Semantic Kernel: every feed has that.</summary>
    private IEnumerable<string> OtherPackages() =>
        Directory.EnumerateFiles(root.FullName, "*.csproj", SearchOption.AllDirectories)
            .SelectMany(project => Regex.Matches(File.ReadAllText(project), "PackageReference Include=\"([^\"]+)\""))
            .Select(reference => reference.Groups[1].Value)
            .Where(id => !id.StartsWith("Microsoft.SemanticKernel.", StringComparison.Ordinal))
            .Distinct();

    [GeneratedRegex("Content Include=\"([^\"*]+)\"")]
    private static partial Regex ContentPattern();

    private void Copy(string relativePath) => Write(relativePath, File.ReadAllText(Path.Combine(Origin, relativePath)));
}
