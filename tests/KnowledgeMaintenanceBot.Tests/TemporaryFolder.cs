namespace Ibke.Samples.KnowledgeMaintenanceBot.Tests;

/// <summary>A folder that is removed with what it holds.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("knowledge-bot-tests-");

    /// <summary>The path of a file in it.</summary>
    public string this[string name] => Path.Combine(_folder.FullName, name);

    /// <summary>Writes facts as a directory.</summary>
    /// <returns>The file's path.</returns>
    public string WriteFacts(string name, params (string Question, string Answer)[] facts)
    {
        File.WriteAllLines(this[name], ["question,answer,as_of", .. facts.Select(fact => $"{fact.Question},{fact.Answer},2026-10-01")]);
        return this[name];
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);
}
