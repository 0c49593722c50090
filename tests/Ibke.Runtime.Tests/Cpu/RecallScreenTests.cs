using Ibke.Runtime.Cpu;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Tests.Cpu;

/// <summary>The screen must change nothing, to the bit: it is held against the plain kernel, row by row.</summary>
public sealed unsafe class RecallScreenTests
{
    private const int ValueSize = 21;

    private static readonly MemoryPool _memory = new();

    private readonly CpuEngine _engine = new(new CpuEngineOptions { Threads = 1 });

    public static TheoryData<int, int> KeySizesAndSeeds
    {
        get
        {
            TheoryData<int, int> data = [];
            foreach (int keySize in (int[])[1, 2, 3, 4, 7, 31, 64, 65, 256, 300])
            {
                data.Add(keySize, 1);
                data.Add(keySize, 2);
                data.Add(keySize, 3);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(KeySizesAndSeeds))]
    public void Forward_RandomBank_GivesTheBitsOfThePlainKernel(int keySize, int seed)
    {
        foreach (InstructionSet set in KernelCheck.InstructionSets.Where(RecallScreen.IsSupported))
        {
            Random random = new(seed);
            float[][] directions = [.. Enumerable.Range(0, 9).Select(row => Direction(random, row, keySize))];
            (float[] Key, float Threshold)[] neurons = [.. Enumerable.Range(0, 150).Select(_ => Neuron(random, directions, set))];
            float[] values = KernelCheck.Values(neurons.Length * ValueSize, seed);

            float[] screened = Screened(set, 1, directions, neurons, values);

            Assert.Equal(Bits(Plain(set, directions, neurons, values)), Bits(screened));
            Assert.Equal(Bits(screened), Bits(Screened(set, 3, directions, neurons, values)));
        }
    }

    [Fact]
    public void Forward_NoDirectionNearAnyKey_IsExactlyZero()
    {
        foreach (InstructionSet set in KernelCheck.InstructionSets.Where(RecallScreen.IsSupported))
        {
            float[] direction = [1, 0, 0, 0, 0], key = [0, 1, 0, 0, 0], opposite = [-1, 0, 0, 0, 0];

            float[] result = Screened(set, 1, [direction], [(key, 0.02f), (opposite, 0.02f), (key, 0)], KernelCheck.Values(3 * ValueSize, 1));

            Assert.Equal(new float[ValueSize], result);
        }
    }

    [Fact]
    public void Limits_UnitKeysWithUsualThresholds_TellMostNeuronsApart()
    {
        Random random = new(5);
        (float[] Key, float Threshold)[] neurons = [.. Enumerable.Range(0, 100).Select(_ => (Unit(random, 64), 0.5f))];
        using WorkerPool pool = new(1);
        if (!RecallScreen.IsSupported(pool.Instructions))
        {
            return;
        }

        RecallScreen screen = new(Blocks(neurons, KernelCheck.Values(100 * ValueSize, 1)), pool, _memory);

        // A key's product with itself is about 127 / step, so half of that is the threshold.
        for (int i = 0; i < 100; i++)
        {
            float[] key = neurons[i].Key;
            double step = key.Max(Math.Abs) / 7, wanted = 0.5 * RecallScreen.DirectionSteps / step;
            Assert.InRange(screen.Limits[i], 0.5 * wanted, wanted);
        }
    }

    private static int[] Bits(float[] values) => [.. values.Select(value => float.IsNaN(value) ? 0 : BitConverter.SingleToInt32Bits(value))];

    // Most of length one; some that are not, or are no numbers.
    private static float[] Direction(Random random, int row, int size)
    {
        float[] direction = Unit(random, size);
        int at = random.Next(size);
        return row switch
        {
            1 => [.. direction.Select((_, i) => i == at ? -1f : 0f)],
            2 => new float[size],
            3 => [.. direction.Select(value => value * 1.5f)],
            4 => [.. direction.Select((value, i) => i == at ? float.NaN : value)],
            5 => [.. direction.Select(value => value * 1e-3f)],
            _ => direction,
        };
    }

    // Keys at, beside and far from directions, and odd ones; thresholds at, just below and just above what the product is.
    private static (float[] Key, float Threshold) Neuron(Random random, float[][] directions, InstructionSet set)
    {
        float[] direction = directions[random.Next(directions.Length)], other = Unit(random, direction.Length);
        float[] key = random.Next(13) switch
        {
            0 => direction,
            1 => [.. direction.Select(value => -value)],
            2 => new float[direction.Length],
            3 => [.. other.Select(value => value * 3)],
            4 => [.. other.Select(value => value * 1e-42f)],
            5 => [.. other.Select(value => value * 1e20f)],
            6 => [.. other.Select((value, i) => i == 0 ? (random.Next(2) == 0 ? float.NaN : float.PositiveInfinity) : value)],
            7 => [.. direction.Select(value => value * 1e-25f)],
            < 11 => Normalise([.. direction.Zip(other, (near, far) => near + (far * random.NextSingle() * 1.5f))]),
            _ => other,
        };
        float product = Product(set, direction, key);
        float threshold = random.Next(6) switch
        {
            0 => product,
            1 => MathF.BitIncrement(product),
            2 => MathF.BitDecrement(product),
            _ => 0.02f + (0.96f * random.NextSingle()),
        };
        return (key, random.Next(40) == 0 ? float.NaN : threshold);
    }

    private static float Product(InstructionSet set, float[] a, float[] b)
    {
        fixed (float* x = a, y = b)
        {
            return set == InstructionSet.Vector512 ? RowReduction.Dot<Lanes512>(x, y, a.Length) : RowReduction.Dot<Lanes256>(x, y, a.Length);
        }
    }

    private static float[] Unit(Random random, int size) => Normalise([.. Enumerable.Range(0, size).Select(_ => (random.NextSingle() * 2) - 1)]);

    private static float[] Normalise(float[] values)
    {
        float length = MathF.Sqrt(values.Sum(value => value * value));
        return [.. values.Select(value => value / length)];
    }

    private static float[] Plain(InstructionSet set, float[][] directions, (float[] Key, float Threshold)[] neurons, float[] values)
    {
        using WorkerPool pool = new(1, set);
        using NativeValues keys = new([.. neurons.SelectMany(neuron => neuron.Key)]), thresholds = new([.. neurons.Select(neuron => neuron.Threshold)]);
        using NativeValues added = new(values), result = new(ValueSize, 0);
        NeuronPointers block = new(keys.Pointer, thresholds.Pointer, added.Pointer, neurons.Length);
        List<float> all = [];
        foreach (float[] direction in directions)
        {
            using NativeValues row = new(direction);
            Recall.Forward(pool, _memory, row.Pointer, 8, new RecalledNeurons(&block, 1, direction.Length, ValueSize), 1, result.Pointer);
            all.AddRange(result.ToArray());
        }

        return [.. all];
    }

    private float[] Screened(InstructionSet set, int threads, float[][] directions, (float[] Key, float Threshold)[] neurons, float[] values)
    {
        using WorkerPool pool = new(threads, set);
        using NativeValues rows = new([.. directions.SelectMany(direction => direction)]), result = new(directions.Length * ValueSize, 0);
        RecallScreen screen = new(Blocks(neurons, values), pool, _memory);
        Recall.Forward(pool, rows.Pointer, 8, screen, directions.Length, output: null, result.Pointer);
        GC.KeepAlive(screen);
        return result.ToArray();
    }

    // In blocks of one, two, three … neurons.
    private NeuronBlock[] Blocks((float[] Key, float Threshold)[] neurons, float[] values)
    {
        List<NeuronBlock> blocks = [];
        for (int from = 0, count = 1; from < neurons.Length; from += count++)
        {
            count = Math.Min(count, neurons.Length - from);
            (float[] Key, float Threshold)[] own = neurons[from..(from + count)];
            blocks.Add(new NeuronBlock(
                NeuronForm.Recall,
                _engine.Create(new TensorShape(count, own[0].Key.Length), [.. own.SelectMany(neuron => neuron.Key)]),
                _engine.Create(new TensorShape(count), [.. own.Select(neuron => neuron.Threshold)]),
                _engine.Create(new TensorShape(count, ValueSize), values[(from * ValueSize)..((from + count) * ValueSize)])));
        }

        return [.. blocks];
    }
}
