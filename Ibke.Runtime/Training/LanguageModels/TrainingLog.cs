using System.Text;
using System.Text.Json;
using Ibke.Runtime.Checkpoints;

namespace Ibke.Runtime.Training.LanguageModels;

/// <summary>A file of reports, one JSON object a line.</summary>
internal sealed class TrainingLog(string path)
{
    private static readonly JsonSerializerOptions _json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Adds a report.</summary>
    public void Add(TrainingProgress progress) => File.AppendAllText(path, JsonSerializer.Serialize(progress, _json) + "\n", new UTF8Encoding(false));

    /// <summary>Takes back reports on steps that will be done again, and a line that was cut off when its process was killed.</summary>
    /// <param name="steps">Steps that stay.</param>
    public void KeepFirst(int steps)
    {
        if (!File.Exists(path))
        {
            return;
        }

        WholeFile.Write(path, string.Concat(File.ReadLines(path).TakeWhile(line => StepOf(line) <= steps).Select(line => line + "\n")));
    }

    /// <summary>The last report; null where there is none.</summary>
    public TrainingProgress? Last() => File.Exists(path) && File.ReadLines(path).LastOrDefault() is { } line ? Read(line) : null;

    private static int StepOf(string line) => Read(line)?.Step ?? int.MaxValue;

    private static TrainingProgress? Read(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<TrainingProgress>(line, _json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
