using System.Text.Json;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Cpu;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Tests.Cpu;

/// <summary>Kernels against numbers of an independent implementation, with every instruction set.</summary>
[Trait("Category", "Golden")]
public sealed unsafe class KernelGoldenTests
{
    private static readonly Dictionary<string, Activation> Activated = new()
    {
        ["silu"] = Activation.Silu, ["gelu_erf"] = Activation.Gelu, ["gelu_tanh"] = Activation.GeluTanh, ["relu"] = Activation.Relu,
    };

    private static readonly Dictionary<string, Activation> Gated = new() { ["swiglu"] = Activation.Silu, ["geglu_tanh"] = Activation.GeluTanh };

    public static TheoryData<string, string> Cases(string prefixes)
    {
        TheoryData<string, string> cases = [];
        foreach (string folder in GoldenFiles.FilesNamed("ops.json").Select(file => Path.GetDirectoryName(file)!))
        {
            using JsonDocument index = Index(folder);
            foreach (JsonProperty entry in index.RootElement.EnumerateObject())
            {
                bool wanted = prefixes.Split(' ').Any(prefix => entry.Name.StartsWith(prefix, StringComparison.Ordinal));
                if (wanted)
                {
                    cases.Add(folder, entry.Name);
                }
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases), "attention")]
    public void Attention_GoldenCase_Agrees(string folder, string name) => Check(folder, name, (pool, golden) =>
    {
        AttentionCase attention = new(golden);
        using NativeValues q = golden.Heads("in.q"), k = golden.Heads("in.k"), v = golden.Heads("in.v"), upstream = golden.Heads("grad.out");
        using NativeValues result = new(q.ToArray().Length), qGradient = new(q.ToArray().Length);
        using NativeValues kGradient = new(k.ToArray().Length), vGradient = new(k.ToArray().Length);
        for (int batch = 0; batch < attention.Batches; batch++)
        {
            int near = batch * attention.Queries * attention.Shape.Heads * attention.Shape.HeadSize;
            int far = batch * attention.Positions * attention.Shape.KeyValueHeads * attention.Shape.HeadSize;
            PlainAttention.Forward(
                pool, q.Pointer + near, k.Pointer + far, v.Pointer + far, attention.Queries, attention.Positions, attention.Shape, result.Pointer + near);
            CausalAttention.Backward(
                pool, q.Pointer + near, k.Pointer + far, v.Pointer + far, upstream.Pointer + near,
                [new(attention.Queries, attention.Positions)], attention.Shape, qGradient.Pointer + near, kGradient.Pointer + far, vGradient.Pointer + far);
        }

        golden.CompareHeads("out", result);
        golden.CompareHeads("grad.q", qGradient);
        golden.CompareHeads("grad.k", kGradient);
        golden.CompareHeads("grad.v", vGradient);
    });

    [Theory]
    [MemberData(nameof(Cases), "rmsnorm layernorm")]
    public void Norm_GoldenCase_Agrees(string folder, string name) => Check(folder, name, (pool, golden) =>
    {
        int columns = golden.Shape("in.x")[^1];
        using NativeValues x = golden.Values("in.x"), weight = golden.Values("in.weight"), upstream = golden.Values("grad.out");
        using NativeValues? bias = golden.Has("in.bias") ? golden.Values("in.bias") : null;
        int rows = golden.Count("in.x") / columns;
        float epsilon = golden.Attributes.GetProperty("eps").GetSingle();
        using NativeValues result = new(rows * columns), xGradient = new(rows * columns), weightGradient = new(columns), biasGradient = new(columns);
        if (name.StartsWith("rms", StringComparison.Ordinal))
        {
            bool plusOne = name.EndsWith("plus_one", StringComparison.Ordinal);
            RmsNorm.Forward(pool, x.Pointer, weight.Pointer, rows, columns, epsilon, plusOne, result.Pointer);
            RmsNorm.Backward(
                pool, x.Pointer, weight.Pointer, upstream.Pointer, rows, columns, epsilon, plusOne, xGradient.Pointer, weightGradient.Pointer);
        }
        else
        {
            LayerNorm.Forward(pool, x.Pointer, weight.Pointer, bias is null ? null : bias.Pointer, rows, columns, epsilon, result.Pointer);
            LayerNorm.Backward(
                pool, x.Pointer, weight.Pointer, upstream.Pointer, rows, columns, epsilon, xGradient.Pointer, weightGradient.Pointer, biasGradient.Pointer);
        }

        golden.Compare("out", result);
        golden.Compare("grad.x", xGradient);
        golden.Compare("grad.weight", weightGradient);
        if (bias is not null)
        {
            golden.Compare("grad.bias", biasGradient);
        }
    });

    [Theory]
    [MemberData(nameof(Cases), "silu gelu relu swiglu geglu")]
    public void Activation_GoldenCase_Agrees(string folder, string name) => Check(folder, name, (pool, golden) =>
    {
        bool gate = Gated.TryGetValue(name, out Activation activation);
        activation = gate ? activation : Activated[name];
        using NativeValues x = golden.Values(gate ? "in.gate" : "in.x"), upstream = golden.Values("grad.out");
        using NativeValues? up = gate ? golden.Values("in.up") : null;
        int count = golden.Count("out");
        using NativeValues result = new(count), xGradient = new(count), upGradient = new(count);
        if (up is not null)
        {
            Gate.Forward(pool, x.Pointer, up.Pointer, count, activation, result.Pointer);
            Gate.Backward(pool, x.Pointer, up.Pointer, upstream.Pointer, count, activation, xGradient.Pointer, upGradient.Pointer);
            golden.Compare("grad.up", upGradient);
        }
        else
        {
            Activations.Forward(pool, x.Pointer, count, activation, result.Pointer);
            Activations.Backward(pool, x.Pointer, upstream.Pointer, count, activation, xGradient.Pointer);
        }

        golden.Compare("out", result);
        golden.Compare(gate ? "grad.gate" : "grad.x", xGradient);
    });

    [Theory]
    [MemberData(nameof(Cases), "softmax cross_entropy kl")]
    public void Distribution_GoldenCase_Agrees(string folder, string name) => Check(folder, name, (pool, golden) =>
    {
        bool divergence = name.StartsWith("kl", StringComparison.Ordinal);
        string input = divergence ? "in.p_logits" : "in.x";
        int columns = golden.Shape(input)[^1];
        int count = golden.Count(input);
        int rows = count / columns;
        using NativeValues x = golden.Values(input), upstream = golden.Values("grad.out"), result = new(golden.Count("out"));
        using NativeValues xGradient = new(count), otherGradient = new(count);
        if (divergence)
        {
            using NativeValues q = golden.Values("in.q_logits");
            KlDivergence.Forward(pool, x.Pointer, q.Pointer, null, rows, columns, result.Pointer);
            KlDivergence.Backward(pool, x.Pointer, q.Pointer, null, rows, columns, upstream.ToArray()[0], xGradient.Pointer, otherGradient.Pointer);
            golden.Compare("grad.q_logits", otherGradient);
        }
        else if (name.StartsWith("cross", StringComparison.Ordinal))
        {
            int[] targets = [.. golden.Integers("in.targets").Select(target => (int)target)];
            fixed (int* target = targets)
            {
                CrossEntropy.Forward(pool, x.Pointer, target, null, rows, columns, result.Pointer);
                CrossEntropy.Backward(pool, x.Pointer, target, null, rows, columns, upstream.ToArray()[0], xGradient.Pointer);
            }
        }
        else
        {
            Softmax.Forward(pool, x.Pointer, rows, columns, result.Pointer);
            Softmax.Backward(pool, result.Pointer, upstream.Pointer, rows, columns, xGradient.Pointer);
        }

        golden.Compare("out", result);
        golden.Compare(divergence ? "grad.p_logits" : "grad.x", xGradient);
    });

    [Theory]
    [MemberData(nameof(Cases), "rope")]
    public void Rotary_GoldenCase_Agrees(string folder, string name) => Check(folder, name, (pool, golden) =>
    {
        // [batches, heads, positions, headSize]: every position of every head is a row of one head here.
        int headSize = golden.Shape("in.x")[^1];
        int[] sequence = [.. golden.Integers("in.positions").Select(position => (int)position)];
        int rows = golden.Count("in.x") / headSize;
        int turned = golden.Attributes.GetProperty("rotary_dim").GetInt32();
        double theta = golden.Attributes.GetProperty("theta").GetDouble();
        RotaryFrequencies frequencies = new(
            [.. Enumerable.Range(0, turned / 2).Select(i => (float)Math.Pow(theta, -2.0 * i / turned))],
            interleaved: golden.Attributes.GetProperty("interleaved").GetBoolean());
        int[] positions = [.. Enumerable.Range(0, rows).Select(row => sequence[row % sequence.Length])];
        using NativeValues x = golden.Values("in.x"), upstream = golden.Values("grad.out"), result = new(rows * headSize), gradient = new(rows * headSize);
        fixed (int* position = positions)
        {
            Rotary.Forward(pool, x.Pointer, position, rows, headSize, headSize, frequencies, result.Pointer);
            Rotary.Backward(pool, upstream.Pointer, position, rows, headSize, headSize, frequencies, gradient.Pointer);
        }

        golden.Compare("out", result);
        golden.Compare("grad.x", gradient);
    });

    private static void Check(string folder, string name, Action<WorkerPool, Golden> run)
    {
        foreach (InstructionSet set in KernelCheck.InstructionSets)
        {
            using WorkerPool pool = new(2, set);
            using JsonDocument index = Index(folder);
            run(pool, new Golden(folder, name, index.RootElement.GetProperty(name), $"{name}, {set}"));
        }
    }

    private static JsonDocument Index(string folder) => JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "ops.json")));

    // The tensors of one case and what they must agree within.
    private sealed class Golden(string folder, string name, JsonElement entry, string title)
    {
        private readonly SafetensorsFile _file = SafetensorsFile.Open(Path.Combine(folder, $"{name}.safetensors"));

        public JsonElement Attributes => entry.GetProperty("attributes");

        public bool Has(string tensor) => _file.Tensors.ContainsKey(tensor);

        public int[] Shape(string tensor) => [.. entry.GetProperty("shapes").GetProperty(tensor).EnumerateArray().Select(size => size.GetInt32())];

        public int Count(string tensor) => Shape(tensor).Aggregate(1, (product, size) => product * size);

        public long[] Integers(string tensor) => _file.ReadInt64(tensor);

        public NativeValues Values(string tensor) => new(Floats(tensor));

        // From [batches, heads, positions, size] to [batches, positions, heads, size].
        public NativeValues Heads(string tensor)
        {
            int[] shape = Shape(tensor);
            return new(Exchange(Floats(tensor), shape[0], shape[1], shape[2], shape[3]));
        }

        public void Compare(string tensor, NativeValues actual) => Compare(tensor, actual.ToArray());

        public void CompareHeads(string tensor, NativeValues actual)
        {
            int[] shape = Shape(tensor);
            Compare(tensor, Exchange(actual.ToArray(), shape[0], shape[2], shape[1], shape[3]));
        }

        private void Compare(string tensor, float[] actual)
        {
            float[] expected = Floats(tensor);
            double worst = expected.Zip(actual, (a, b) => (double)Math.Abs(a - b)).Max();
            double tolerance = entry.GetProperty("tolerance").GetProperty(tensor).GetDouble();
            Assert.True(expected.Length == actual.Length && worst <= tolerance, $"{title}: {tensor} is off by {worst}, tolerance {tolerance}.");
        }

        private static float[] Exchange(float[] values, int batches, int outer, int inner, int size)
        {
            float[] exchanged = new float[values.Length];
            for (int i = 0; i < batches * outer * inner; i++)
            {
                int to = (((i / (outer * inner) * inner) + (i % inner)) * outer) + (i / inner % outer);
                values.AsSpan(i * size, size).CopyTo(exchanged.AsSpan(to * size));
            }

            return exchanged;
        }

        private float[] Floats(string tensor) =>
            System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(_file.Tensors[tensor].Bytes.ToArray()).ToArray();
    }

    private readonly struct AttentionCase(Golden golden)
    {
        public int Batches { get; } = golden.Shape("in.q")[0];

        public int Queries { get; } = golden.Shape("in.q")[2];

        public int Positions { get; } = golden.Shape("in.k")[2];

        public AttentionShape Shape { get; } = new(
            golden.Shape("in.q")[1],
            golden.Shape("in.k")[1],
            golden.Shape("in.q")[3],
            golden.Attributes.GetProperty("scale").GetSingle(),
            Optional(golden, "window") is { } window ? (int)window : null,
            Optional(golden, "softcap"));

        private static float? Optional(Golden golden, string name) =>
            golden.Attributes.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetSingle() : null;
    }
}
