using BenchmarkDotNet.Running;
using Ibke.Benchmarks;

// dotnet run -c Release --project tests/Ibke.Benchmarks -- --filter '*MatrixProduct*'
// Without a filter it asks which to run. Every class has a peer as its baseline, in the same run.
// dotnet run -c Release --project tests/Ibke.Benchmarks -- tokenizers FOLDER...
// measures the tokenizers in these folders, and with "constraints" in place of "tokenizers" what masks of JSON schemas cost over them.
if (args is ["tokenizers", .. string[] folders])
{
    TokenizerSpeed.Run(folders);
}
else if (args is ["constraints", .. string[] vocabularies])
{
    ConstraintSpeed.Run(vocabularies);
}
else
{
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
}
