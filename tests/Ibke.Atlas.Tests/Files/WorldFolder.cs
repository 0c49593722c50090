using System.Text.Json.Nodes;
using Ibke.Atlas.Files;

namespace Ibke.Atlas.Tests.Files;

/// <summary>A small world, written once for all tests.</summary>
public sealed class WorldFolder : IDisposable
{
    public WorldFolder() => new WorldWriter(seed: 7, share: 0.02).Write(Path);

    public string Path { get; } = Directory.CreateTempSubdirectory("ibke-atlas-tests-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);

    public string[] Files => [.. Directory.EnumerateFiles(Path).Select(file => System.IO.Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    public JsonObject[] Read(string name) => [.. File.ReadLines(System.IO.Path.Combine(Path, name)).Select(line => JsonNode.Parse(line)!.AsObject())];
}
