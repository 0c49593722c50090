using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Sources;

namespace Ibke.Runtime.Tests.Fuzzing;

/// <summary>Damaged directories of facts give a <see cref="FactSourceException"/>, damaged cards of a model a <see cref="Ibke.Runtime.Checkpoints.CheckpointException"/>.</summary>
public sealed class FactFileFuzzTests : IDisposable
{
    private const string Csv = "question,answer,as_of\nWho leads A?,\"B, \"\"C\"\"\",2026-03-31\r\n\"Where\nis D?\",E,\nWho?,F,2025-01-01\n";

    private const string Json = """[{"question": "Who leads A?", "answer": "B", "as_of": "2026-03-31"}, {"question": "Where is D?", "answer": "E"}, {"question": "Who?", "answer": "F", "x": 1}]""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Csv_Damaged_IsRefusedOrRead() => FuzzRun.Run(
        1500, random => Damage.Bytes(System.Text.Encoding.UTF8.GetBytes(Csv), random), bytes => Use("facts.csv", bytes, path => new CsvFactSource(path)), typeof(FactSourceException));

    [Fact]
    public void Json_Damaged_IsRefusedOrRead() => FuzzRun.Run(
        1500,
        random => random.Next(3) == 0 ? Damage.Bytes(System.Text.Encoding.UTF8.GetBytes(Json), random) : System.Text.Encoding.UTF8.GetBytes(Damage.Json(Json, random)),
        bytes => Use("facts.json", bytes, path => new JsonFactSource(path)),
        typeof(FactSourceException));

    [Fact]
    public void Card_Damaged_IsRefusedOrRead()
    {
        string card = File.ReadAllText(Path.Combine(GoldenFiles.RepositoryRoot, "samples", "models", "atlas", ModelCard.FileName));
        FuzzRun.Run(
            150,
            random => Damage.Json(card, random),
            json =>
            {
                File.WriteAllText(_folder[ModelCard.FileName], json);
                ModelCard.Load(_folder.Path);
            },
            typeof(Ibke.Runtime.Checkpoints.CheckpointException));
    }

    private void Use(string name, byte[] bytes, Func<string, FileFactSource> open)
    {
        File.WriteAllBytes(_folder[name], bytes);
        FileFactSource source = open(_folder[name]);
        foreach (string question in source.Questions())
        {
            Assert.NotNull(source.AskAsync(question).GetAwaiter().GetResult());
        }
    }
}
