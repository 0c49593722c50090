using BenchmarkDotNet.Running;
using Ibke.Benchmarks;

// dotnet run -c Release --project tests/Ibke.Benchmarks -- --filter '*MatrixProduct*'
// Without a filter it asks which to run. Every class has a peer as its baseline, in the same run.
// dotnet run -c Release --project tests/Ibke.Benchmarks -- tokenizers FOLDER...
// measures the tokenizers in these folders.
if (args is ["tokenizers", .. string[] folders])
{
    TokenizerSpeed.Run(folders);
}
else
{
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
}
