using BenchmarkDotNet.Running;
using Ibke.Benchmarks;

// dotnet run -c Release --project tests/Ibke.Benchmarks -- --filter '*MatrixProduct*'
// Without a filter it asks which to run. Every class has a peer as its baseline, in the same run.
// dotnet run -c Release --project tests/Ibke.Benchmarks -- tokenizers FOLDER...
// measures the tokenizers in these folders, and with "constraints" in place of "tokenizers" what masks of JSON schemas cost over them.
// dotnet run -c Release --project tests/Ibke.Benchmarks -- training [THREADS [REPEATS]]
// measures a training step of a model of the embedded one's shape.
// dotnet run -c Release --project tests/Ibke.Benchmarks -- edits samples/models/atlas tests/goldens/atlas/edits.jsonl [N... [xREPEATS]]
// measures what N edits in force cost.
// dotnet run -c Release --project tests/Ibke.Benchmarks -- soak samples/models/atlas tests/goldens/atlas/edits.jsonl [MINUTES [CHATS]]
// chats while facts are edited and reverted: right answers, memory, time between tokens.
// dotnet run -c Release --project tests/Ibke.Benchmarks -- streams samples/models/atlas [N...]
// generations side by side; with "large" before the folder on a model of random weights that is larger than the caches.
// dotnet run -c Release --project tests/Ibke.Benchmarks -- http http://127.0.0.1:5080 [CLIENTS...]
// streamed chats from a chat backend that runs there.
// dotnet run -c Release --project tests/Ibke.Benchmarks -- fleet samples/models/atlas tests/goldens/atlas/edits.jsonl "Host=…" [MINUTES [PROCESSES]]
// several processes on one PostgreSQL, killed and cut off at random: is anything lost, how soon is an edit in force everywhere?
// dotnet run -c Release --project tests/Ibke.Benchmarks -- journal samples/models/atlas tests/goldens/atlas/edits.jsonl [N...]
// how long a journal of so many edits takes to open.
if (args is ["tokenizers", .. string[] folders])
{
    TokenizerSpeed.Run(folders);
}
else if (args is ["constraints", .. string[] vocabularies])
{
    ConstraintSpeed.Run(vocabularies);
}
else if (args is ["training", .. string[] sizes])
{
    TrainingSpeed.Run(sizes);
}
else if (args is ["edits", _, _, ..])
{
    EditedSpeed.Run(args[1..]);
}
else if (args is ["journal", _, _, ..])
{
    await JournalSpeed.RunAsync(args[1..]);
}
else if (args is ["streams", _, ..])
{
    await StreamSpeed.RunAsync(args[1..]);
}
else if (args is ["http", _, ..])
{
    await HttpLoad.RunAsync(args[1..]);
}
else if (args is ["fleet", _, _, _, ..])
{
    await FleetSoak.RunAsync(args[1..]);
}
else if (args is ["soak", _, _, ..])
{
    await EditingSoak.RunAsync(args[1..]);
}
else
{
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
}
