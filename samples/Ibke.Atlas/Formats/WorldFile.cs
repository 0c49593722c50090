using Ibke.Atlas.World;

namespace Ibke.Atlas.Formats;

/// <summary>A file to write: its name, the number of its rows, and how its rows are made from its own stream.</summary>
internal sealed record WorldFile(string Name, int Rows, Action<Stream, SeededRandom, int> Write);
