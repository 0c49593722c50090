using System.Numerics.Tensors;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Generation.Sampling;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Training.Optimizers;

namespace Ibke.Runtime.Training.LanguageModels;

/// <summary>
/// The weights that training starts from. Random ones have embeddings of standard deviation 0.02, matrices of 1/√inputs, those that add to the residual
/// stream of 0.3/√inputs, norms of one. With four heads or more the first one of the first layer looks at the token before, by a vector of the
/// embeddings' deviation that all of them share.
/// </summary>
/// <remarks>
/// To copy, a network looks for what followed the present token earlier. Two heads make that, and as long as none tells which token was the one before,
/// there is nothing for the other to find: copying may stay away for a thousand steps. So one head has it from the start, and keeps it if it is of use.
/// What all embeddings share changes no probability. docs/training.md has the numbers.
/// </remarks>
internal static class InitialWeights
{
    private const float EmbeddingDeviation = .02f;
    private const float OutputFactor = .3f;

    // With fewer heads, one of them is too much of the first layer.
    private const int HeadsToSpareOne = 4;

    // Four rotations of 5 each: the token before gets 20, those beside it 15, so it has all but a hundredth of the attention.
    private const int FastRotations = 4;
    private const float AgreementOfRotation = 5;

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
        if (config.Heads >= HeadsToSpareOne)
        {
            LookAtTokenBefore(config, random, parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Values, StringComparer.Ordinal));
        }

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

    // A head whose query and key see but the common part of the embeddings, as rotations of one vector: at position p the query is turned by one
    // position less than p, so it agrees most with the key at p − 1. Only the fast rotations tell neighbours apart.
    private static void LookAtTokenBefore(TransformerConfig config, RandomSource random, Dictionary<string, float[]> weights)
    {
        float[] embeddings = weights["model.embed_tokens.weight"];
        float[] common = new float[config.HiddenSize];
        FillNormal(common, random, EmbeddingDeviation);
        for (int i = 0; i < embeddings.Length; i++)
        {
            embeddings[i] += common[i % config.HiddenSize];
        }

        float[] query = weights["model.layers.0.self_attn.q_proj.weight"], key = weights["model.layers.0.self_attn.k_proj.weight"]; // [heads · head size, hidden]
        int half = config.HeadSize / 2;
        int rotations = Math.Min(FastRotations, half);
        float seen = MathF.Sqrt(config.HiddenSize / 2f); // the length of the common part in a normalized embedding, half of whose power it is
        float length = MathF.Sqrt(AgreementOfRotation * MathF.Sqrt(config.HeadSize)) / seen / TensorPrimitives.Norm<float>(common);
        query.AsSpan(0, config.HeadSize * config.HiddenSize).Clear();
        if (config.KeyValueHeads == config.Heads)
        {
            key.AsSpan(0, config.HeadSize * config.HiddenSize).Clear(); // else other heads look at the rest of it
        }

        for (int rotation = 0; rotation < rotations; rotation++)
        {
            double angle = Math.Pow(config.Rope!.Theta, -(double)rotation / half);
            Set(key, rotation, 1);
            Set(key, rotation + half, 0);
            Set(query, rotation, (float)Math.Cos(angle));
            Set(query, rotation + half, -(float)Math.Sin(angle));
        }

        void Set(float[] matrix, int row, float factor) =>
            TensorPrimitives.Multiply(common, factor * length, matrix.AsSpan(row * config.HiddenSize, config.HiddenSize));
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
