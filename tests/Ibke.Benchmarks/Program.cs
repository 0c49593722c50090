using BenchmarkDotNet.Running;

// dotnet run -c Release --project tests/Ibke.Benchmarks -- --filter '*MatrixProduct*'
// Without a filter it asks which to run. Every class has a peer as its baseline, in the same run.
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
