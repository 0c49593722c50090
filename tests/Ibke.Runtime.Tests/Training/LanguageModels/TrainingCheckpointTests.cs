using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tests.Fuzzing;
using Ibke.Runtime.Tests.Models;
using Ibke.Runtime.Tests.Training.Optimizers;
using Ibke.Runtime.Training.Batches;
using Ibke.Runtime.Training.Data;
using Ibke.Runtime.Training.LanguageModels;
using Ibke.Runtime.Training.Optimizers;

namespace Ibke.Runtime.Tests.Training.LanguageModels;

public sealed class TrainingCheckpointTests : IDisposable
{
    private static readonly TransformerConfig _config = new NetworkSizes
    {
        HiddenSize = 8, Layers = 1, Heads = 2, KeyValueHeads = 1, IntermediateSize = 12,
    }.ToConfig(vocabulary: 20);

    private readonly TemporaryFolder _folder = new();
    private readonly TrainingState _state = new(
        "recipe",
        new BatchPosition(3, [new DocumentPosition(1, 2, 3)], [.1, -2.5]),
        [3, 3],
        new MeterSums(2, .3, 1.5, [4, 5], [2, 3], .7, 9, 100, 1.25),
        12.5);

    [Fact]
    public void ReadState_Written_IsTheSame()
    {
        TrainingCheckpoint.Write(Path, Trainer(1), _state);

        TrainingState read = TrainingCheckpoint.ReadState(Path);

        Assert.Equal(_state.Position.Documents, read.Position.Documents);
        Assert.Equal(_state.Position.Balances, read.Position.Balances);
        Assert.Equal(_state.Sums.Replies, read.Sums.Replies);
        Assert.Equal(
            (_state.Recipe, _state.Position.Step, _state.Seconds, _state.Sums.CopyingLoss),
            (read.Recipe, read.Position.Step, read.Seconds, read.Sums.CopyingLoss));
    }

    [Fact]
    public void Read_Written_RestoresWeightsAndMomentsToTheBit()
    {
        LanguageModelTrainer written = Trainer(1);
        LanguageModelTrainer read = Trainer(2);
        TrainingCheckpoint.Write(Path, written, _state);

        TrainingCheckpoint.Read(Path, read, _state);

        Assert.All(written.Parameters.Zip(read.Parameters), pair => Assert.Equal(pair.First.Values, pair.Second.Values));
        Assert.All(written.Optimizers.Zip(read.Optimizers), pair =>
        {
            Assert.Equal(3, pair.Second.Steps);
            Assert.All(pair.First.State, entry => Assert.Equal(entry.Value, pair.Second.State[entry.Key]));
        });
    }

    [Fact]
    public void Read_OfAnotherNetwork_NamesWhatIsMissing()
    {
        LanguageModelTrainer one = Trainer(1);
        TrainingCheckpoint.Write(Path, new LanguageModelTrainer(TestEngine.Shared, _config, [.. one.Parameters.Skip(1)], [], null), _state);

        CheckpointException error = Assert.Throws<CheckpointException>(() => TrainingCheckpoint.Read(Path, one, _state));

        Assert.Contains("embed_tokens.weight", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadState_DamagedFile_IsReadOrRefusedAsDocumented()
    {
        TrainingCheckpoint.Write(Path, Trainer(1), _state);
        byte[] whole = File.ReadAllBytes(Path);
        string damaged = _folder["damaged.safetensors"];

        FuzzRun.Run(
            200,
            random => Damage.Bytes(whole, random),
            bytes =>
            {
                File.WriteAllBytes(damaged, bytes);
                TrainingState state = TrainingCheckpoint.ReadState(damaged);
                TrainingCheckpoint.Read(damaged, Trainer(1), state);
            },
            typeof(CheckpointException));
    }

    public void Dispose() => _folder.Dispose();

    private string Path => _folder["training.safetensors"];

    // Moments that are not zero, different for each seed.
    private static LanguageModelTrainer Trainer(ulong seed)
    {
        IReadOnlyList<TrainableParameter> parameters = InitialWeights.Draw(_config, TestEngine.Shared, seed);
        TrainableParameter[] matrices = [.. parameters.Where(parameter => parameter.Shape.Rank == 2)];
        Optimizer[] optimizers =
        [
            new Muon(matrices, TestEngine.Shared, new MuonSettings()),
            new AdamW([.. parameters.Except(matrices)], new AdamWSettings()),
        ];
        foreach (float[] values in optimizers.SelectMany(optimizer => optimizer.State.Values))
        {
            AdamWTests.Fill(values, new Random((int)seed));
        }

        return new LanguageModelTrainer(TestEngine.Shared, _config, parameters, [.. optimizers.Select(optimizer => new OptimizerGroup(optimizer, .1f))], null);
    }
}
