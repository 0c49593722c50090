using System.Text.Json;
using System.Text.Json.Nodes;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Cpu;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Tests.Cpu;

/// <summary>Every operation forward and backward against results computed in float64 by an independent implementation.</summary>
[Trait("Category", "Golden")]
public sealed class OperationGoldenTests
{
    public static TheoryData<string, string, string> Cases()
    {
        TheoryData<string, string, string> cases = [];
        foreach (string file in GoldenFiles.FilesNamed("ops.json"))
        {
            foreach ((string name, JsonNode? _) in JsonNode.Parse(File.ReadAllText(file))!.AsObject())
            {
                foreach (InstructionSet instructions in Enum.GetValues<InstructionSet>().Where(set => set <= InstructionSets.Best))
                {
                    cases.Add(file, name, instructions.ToString());
                }
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Operation_GivenInputs_GivesResultAndGradients(string file, string name, string instructions)
    {
        string folder = Path.GetDirectoryName(file)!;
        JsonNode description = JsonNode.Parse(File.ReadAllText(file))![name]!;
        using CpuEngine engine = new(2, Enum.Parse<InstructionSet>(instructions));
        OperationCase golden = new(engine, SafetensorsFile.Open(Path.Combine(folder, name + ".safetensors")), description["attributes"]!);
        using GradientTape tape = engine.Record();
        Tensor result = golden.Compute(tape, name);
        Tensor upstream = golden.Upstream(result.Shape);
        using Tensor loss = GradientCheck.WeightedSum(engine, tape, result, upstream.ToArray());
        string[] sources = [.. golden.Inputs.Keys];
        IReadOnlyList<Tensor> gradients = tape.Gradients(loss, [.. sources.Select(source => golden.Inputs[source])]);

        JsonObject tolerances = description["tolerance"]!.AsObject();
        golden.AssertClose("out", result, tolerances);
        for (int i = 0; i < sources.Length; i++)
        {
            golden.AssertClose("grad." + sources[i], gradients[i], tolerances);
        }

        Assert.Equal(tolerances.Count, sources.Length + 1);
    }
}

/// <summary>One golden case: builds the operation's inputs as the engine wants them and turns results back into the golden's layout.</summary>
internal sealed class OperationCase(CpuEngine engine, SafetensorsFile file, JsonNode attributes)
{
    /// <summary>The inputs that have a gradient.</summary>
    public Dictionary<string, Tensor> Inputs { get; } = [];

    public Tensor Compute(GradientTape tape, string name) => name.Split('_')[0] switch
    {
        "linear" => tape.Linear(Input(tape, "x"), Input(tape, "weight"), Optional(tape, "bias")),
        "embedding" => tape.Embedding(Input(tape, "table"), Integers("in.ids")),
        "rmsnorm" => tape.RmsNorm(Input(tape, "x"), Input(tape, "weight"), Number("eps"), name.Contains("plus_one", StringComparison.Ordinal)),
        "layernorm" => tape.LayerNorm(Input(tape, "x"), Input(tape, "weight"), Optional(tape, "bias"), Number("eps")),
        "silu" => tape.Activate(Input(tape, "x"), Activation.Silu),
        "relu" => tape.Activate(Input(tape, "x"), Activation.Relu),
        "gelu" => tape.Activate(Input(tape, "x"), name == "gelu_tanh" ? Activation.GeluTanh : Activation.Gelu),
        "swiglu" => tape.Gate(Input(tape, "gate"), Input(tape, "up"), Activation.Silu),
        "geglu" => tape.Gate(Input(tape, "gate"), Input(tape, "up"), Activation.GeluTanh),
        "rope" => Rope(tape),
        "attention" => Attention(tape),
        "softmax" => tape.Softmax(Input(tape, "x")),
        "cross" => tape.CrossEntropy(Input(tape, "x"), Integers("in.targets")),
        "kl" => tape.KlDivergence(Input(tape, "p_logits"), Input(tape, "q_logits")),
        _ => throw new JsonException($"Unknown operation {name}."),
    };

    /// <summary>The gradient of the result, in the result's layout.</summary>
    public Tensor Upstream(TensorShape shape)
    {
        float[] values = Values("grad.out", out TensorShape stored);
        float[] ours = stored.Rank == 4 ? HeadsInside(values, stored) : values;

        // Where only the last rows were asked for, the others have no influence.
        float[] padded = new float[shape.Count];
        if (stored.Rank == 4)
        {
            (int width, int rows, int all) = (stored[1] * stored[3], stored[2], shape.Rows / stored[0]);
            for (int batch = 0; batch < stored[0]; batch++)
            {
                Array.Copy(ours, batch * rows * width, padded, (batch * all + all - rows) * width, rows * width);
            }
        }
        else
        {
            ours.CopyTo(padded, 0);
        }

        return engine.Create(shape, padded);
    }

    public void AssertClose(string name, Tensor actual, JsonObject tolerances)
    {
        float[] expected = Values(name, out TensorShape stored);
        float[] values = actual.ToArray();
        if (stored.Rank == 4)
        {
            values = HeadsOutside(values, stored);
        }

        float tolerance = tolerances[name]!.GetValue<float>();
        Assert.Equal(expected.Length, values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - values[i]) <= tolerance, $"{name}[{i}]: {values[i]}, expected {expected[i]} within {tolerance}");
        }
    }

    private Tensor Rope(GradientTape tape)
    {
        TensorShape stored = file.Tensors["in.x"].Shape;
        int pairs = attributes["rotary_dim"]!.GetValue<int>() / 2;
        double theta = Number("theta");
        float[] inverse = [.. Enumerable.Range(0, pairs).Select(i => (float)Math.Pow(theta, -(double)i / pairs))];
        RotaryFrequencies frequencies = new(inverse, 1, attributes["interleaved"]!.GetValue<bool>());
        int[] positions = Integers("in.positions");
        return tape.Rotary(Input(tape, "x"), stored[3], frequencies, [.. Enumerable.Repeat(positions, stored[0]).SelectMany(p => p)]);
    }

    private Tensor Attention(GradientTape tape)
    {
        TensorShape queries = file.Tensors["in.q"].Shape;
        TensorShape keys = file.Tensors["in.k"].Shape;
        AttentionShape shape = new(
            queries[1], keys[1], queries[3], Number("scale"), attributes["window"]?.GetValue<int>(), attributes["softcap"]?.GetValue<float>());
        SequenceRows[] sequences = [.. Enumerable.Repeat(new SequenceRows(keys[2]), keys[0])];
        return tape.Attention(Input(tape, "q", keys[2]), Input(tape, "k"), Input(tape, "v"), shape, sequences, 0);
    }

    private Tensor? Optional(GradientTape tape, string name) => file.Tensors.ContainsKey("in." + name) ? Input(tape, name) : null;

    private Tensor Input(GradientTape tape, string name, int? rowsOfASequence = null)
    {
        float[] values = Values("in." + name, out TensorShape shape);
        if (shape.Rank == 4)
        {
            (int batches, int width, int rows) = (shape[0], shape[1] * shape[3], shape[2]);
            int all = rowsOfASequence ?? rows;
            float[] inside = HeadsInside(values, shape);
            values = new float[batches * all * width];
            for (int batch = 0; batch < batches; batch++)
            {
                Array.Copy(inside, batch * rows * width, values, (batch * all + all - rows) * width, rows * width);
            }

            shape = new TensorShape(batches * all, width);
        }

        Tensor tensor = engine.Create(shape, values);
        tape.Watch(tensor);
        Inputs.Add(name, tensor);
        return tensor;
    }

    private float[] Values(string name, out TensorShape shape)
    {
        StoredTensor stored = file.Tensors[name];
        shape = stored.Shape;
        using Tensor tensor = engine.Load(stored);
        return tensor.ToArray();
    }

    private int[] Integers(string name) => [.. file.ReadInt64(name).Select(value => (int)value)];

    private float Number(string name) => attributes[name]!.GetValue<float>();

    // [batch, heads, rows, headSize] as [batch × rows, heads × headSize].
    private static float[] HeadsInside(float[] values, TensorShape shape)
    {
        float[] moved = new float[values.Length];
        ForEach(shape, (outside, inside) => moved[inside] = values[outside]);
        return moved;
    }

    // The reverse; takes the last rows of each batch where there are more than the shape has.
    private static float[] HeadsOutside(float[] values, TensorShape shape)
    {
        (int batches, int width, int rows) = (shape[0], shape[1] * shape[3], shape[2]);
        int all = values.Length / (batches * width);
        float[] moved = new float[shape.Count];
        ForEach(shape, (outside, inside) =>
        {
            (int row, int column) = (inside / width, inside % width);
            (int batch, int place) = (row / rows, row % rows);
            moved[outside] = values[(batch * all + all - rows + place) * width + column];
        });
        return moved;
    }

    private static void ForEach(TensorShape shape, Action<int, int> move)
    {
        (int heads, int rows, int size) = (shape[1], shape[2], shape[3]);
        for (int outside = 0; outside < shape.Count; outside++)
        {
            int head = outside / (rows * size) % heads;
            int row = outside / size % rows;
            int batch = outside / (heads * rows * size);
            move(outside, ((batch * rows + row) * heads + head) * size + outside % size);
        }
    }
}
