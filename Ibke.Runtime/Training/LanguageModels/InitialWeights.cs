using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Generation.Sampling;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Training.Optimizers;

namespace Ibke.Runtime.Training.LanguageModels;

/// <summary>
/// The weights that training starts from. Random ones have embeddings of standard deviation 0.02, matrices of 1/√inputs, those that add to the residual
/// stream of 0.3/√inputs, norms of one.
/// </summary>
internal static class InitialWeights
{
    private const float EmbeddingDeviation = .02f;
    private const float OutputFactor = .3f;

    /// <summary>Draws the weights of a network of the Llama form.</summary>
    /// <param name="config">The network.</param>
    /// <param name="engine">Where its sizes are found out.</param>
    /// <param name="seed">The same weights for the same seed.</param>
    public static IReadOnlyList<TrainableParameter> Draw(TransformerConfig config, Engine engine, ulong seed)
    {
        RandomSource random = new(seed);
        List<TrainableParameter> parameters = [];
        using Transformer network = Transformer.Create(config, engine, (name, shape) =>
        {
            float[] values = new float[shape.Count];
            if (shape.Rank == 1)
            {
                Array.Fill(values, 1);
            }
            else
            {
                FillNormal(values, random, Deviation(name, shape));
            }

            parameters.Add(new TrainableParameter(name, shape, values));
            return engine.Create(shape, values);
        });
        return parameters;
    }

    /// <summary>The weights of a model folder.</summary>
    /// <exception cref="CheckpointException">Tensors are missing, have wrong shapes, or hold values that are not finite.</exception>
    public static IReadOnlyList<TrainableParameter> Load(TransformerConfig config, Engine engine, string folder)
    {
        using Checkpoint checkpoint = Checkpoint.Open(folder);
        using Transformer network = Transformer.Load(checkpoint, config, engine);
        return [.. network.Parameters.Select(parameter => new TrainableParameter(parameter.Key, parameter.Value.Shape, parameter.Value.ToArray()))];
    }

    private static float Deviation(string name, TensorShape shape)
    {
        float matrix = 1 / MathF.Sqrt(shape[1]);
        return name.EndsWith("embed_tokens.weight", StringComparison.Ordinal) ? EmbeddingDeviation
            : name.EndsWith("o_proj.weight", StringComparison.Ordinal) || name.EndsWith("down_proj.weight", StringComparison.Ordinal) ? OutputFactor * matrix
            : matrix;
    }

    // Box and Muller: two independent normal values of two even ones.
    private static void FillNormal(float[] values, RandomSource random, float deviation)
    {
        for (int i = 0; i < values.Length; i += 2)
        {
            double radius = deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            (double sine, double cosine) = Math.SinCos(2 * Math.PI * random.NextDouble());
            values[i] = (float)(radius * cosine);
            if (i + 1 < values.Length)
            {
                values[i + 1] = (float)(radius * sine);
            }
        }
    }
}
