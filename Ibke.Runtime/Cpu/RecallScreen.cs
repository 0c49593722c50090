using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <summary>
/// Rough keys of many neurons of recall, four bits a value, by which nearly all of them are known to be silent without a look at their keys.
/// </summary>
/// <remarks>
/// A key is k = s q + e with whole q from −7 to 7, a direction u = p / 127 + d with whole p. As ‖u‖ is at most 1, u · k ≤ s (p · q) / 127 + (1 + ‖d‖) ‖e‖ + ‖d‖ ‖k‖, and
/// what products of floats round off is bounded as well; so a neuron with a threshold τ fires only where p · q reaches a whole number that is known before.
/// Keys lie in panels of <see cref="PanelKeys"/>: of four values at a time the 16-bit numbers of all keys; the low halves of their two bytes are the first two
/// values plus 8, the high halves the others. The neurons' tensors are held, not copied; the garbage collector returns them.
/// </remarks>
internal sealed unsafe class RecallScreen
{
    /// <summary>Keys of a panel.</summary>
    public const int PanelKeys = 32;

    /// <summary>Steps of a direction's values from 0 to 1.</summary>
    public const int DirectionSteps = 127;

    /// <summary>What is added to a value of a key, so that none is negative.</summary>
    public const int StoredZero = 8;

    /// <summary>What the square of a direction's length may be above 1 as it was computed.</summary>
    public const float LengthTolerance = 5e-6f;

    // Of a direction's length, its square being rounded.
    private const double MostLength = 1 + (2 * LengthTolerance);

    private const double ShortestKey = 1e-12;
    private const int Levels = 7;
    private const int GroupBytes = PanelKeys * 2;

    private readonly CpuStorage[] _held;
    private readonly CpuStorage _memory;

    /// <summary>Arranges the neurons of blocks that fit each other.</summary>
    /// <exception cref="ObjectDisposedException">A tensor was disposed.</exception>
    public RecallScreen(IReadOnlyList<NeuronBlock> blocks, WorkerPool pool, MemoryPool memory)
    {
        (KeySize, ValueSize) = (blocks[0].Keys.Shape.Columns, blocks[0].Values.Shape.Columns);
        Count = checked(blocks.Sum(block => block.Keys.Shape.Rows));
        Panels = (Count + PanelKeys - 1) / PanelKeys;
        Groups = (KeySize + 3) / 4;
        long keyBytes = (long)Panels * PanelBytes, limitBytes = (long)Panels * PanelKeys * sizeof(short);
        _memory = new CpuStorage(memory, keyBytes + limitBytes + ((long)Panels * PanelKeys * sizeof(ScreenedNeuron)));
        Keys = _memory.Pointer;
        Limits = (short*)(Keys + keyBytes);
        Neurons = (ScreenedNeuron*)(Keys + keyBytes + limitBytes);
        _held = new CpuStorage[3 * blocks.Count];
        Point(blocks, memory);
        Kernel.Run(pool, Panels, (long)PanelKeys * KeySize, new Packing(this));
    }

    /// <summary>Values of a key.</summary>
    public int KeySize { get; }

    /// <summary>Values of what a neuron adds.</summary>
    public int ValueSize { get; }

    /// <summary>The number of neurons.</summary>
    public int Count { get; }

    /// <summary>The number of panels; the last may be incomplete.</summary>
    public int Panels { get; }

    /// <summary>Groups of four values in a key.</summary>
    public int Groups { get; }

    /// <summary>Bytes of a panel.</summary>
    public int PanelBytes => Groups * GroupBytes;

    /// <summary>The panels.</summary>
    public byte* Keys { get; }

    /// <summary>[panels · keys]: a neuron whose p · q is below this is silent.</summary>
    public short* Limits { get; }

    /// <summary>The neurons themselves, in the order of their blocks.</summary>
    public ScreenedNeuron* Neurons { get; }

    /// <summary>Whether the machine has the instructions that make it pay.</summary>
    public static bool IsSupported(InstructionSet instructions) =>
        instructions == InstructionSet.Vector512 ? Avx512BW.IsSupported : instructions == InstructionSet.Vector256 && Avx2.IsSupported;

    /// <summary>The neurons of a panel that there are, a bit each.</summary>
    public uint Present(int panel) => panel < Panels - 1 || Count % PanelKeys == 0 ? uint.MaxValue : (1u << (Count % PanelKeys)) - 1;

    private void Point(IReadOnlyList<NeuronBlock> blocks, MemoryPool memory)
    {
        ScreenedNeuron* next = Neurons;
        for (int i = 0; i < blocks.Count; i++)
        {
            NeuronBlock block = blocks[i];
            float* keys = Hold(block.Keys, memory, ref _held[3 * i]);
            float* thresholds = Hold(block.Thresholds!, memory, ref _held[(3 * i) + 1]);
            float* values = Hold(block.Values, memory, ref _held[(3 * i) + 2]);
            for (int row = 0; row < block.Keys.Shape.Rows; row++)
            {
                *next++ = new ScreenedNeuron(keys + ((long)row * KeySize), values + ((long)row * ValueSize), thresholds[row]);
            }
        }
    }

    // Held and never released: the memory goes back when neither the tensor nor this is referenced any more.
    private static float* Hold(Tensor tensor, MemoryPool memory, ref CpuStorage held)
    {
        CpuTensor own = CpuOperations.Own(tensor, nameof(CpuOperations.Recall));
        held = own.Hold();
        return (float*)(own.ElementType == ElementType.Float32 ? held : held.Widened(own.ElementType, memory)).Pointer;
    }

    // Rounds the keys of panels.
    private readonly struct Packing(RecallScreen screen) : IKernel
    {
        [MethodImpl(Kernel.HotLoop)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            using Scratch whole = new(screen.Groups * 4);
            new Span<float>(whole.Pointer, screen.Groups * 4).Clear();
            for (int panel = from; panel < to; panel++)
            {
                ushort* target = (ushort*)(screen.Keys + ((long)panel * screen.PanelBytes));
                for (int lane = 0; lane < PanelKeys; lane++)
                {
                    int index = (panel * PanelKeys) + lane;
                    screen.Limits[index] = index < screen.Count
                        ? Round<TLanes>(screen.Neurons[index].Key, screen.Neurons[index].Threshold, screen.KeySize, whole.Pointer)
                        : short.MaxValue;
                    for (int group = 0; group < screen.Groups; group++)
                    {
                        float* q = whole.Pointer + (4 * group);
                        target[(group * PanelKeys) + lane] = (ushort)(Stored(q[0]) | (Stored(q[2]) << 4) | (Stored(q[1]) << 8) | (Stored(q[3]) << 12));
                    }
                }
            }
        }

        // From 1 to 15; of a key that is not of finite numbers it does not matter.
        private static int Stored(float q) => ((int)q + StoredZero) & 15;

        // q of a key, and the least p · q with which the neuron may fire.
        [MethodImpl(Kernel.HotLoop)]
        private static short Round<TLanes>(float* key, float threshold, int size, float* whole)
            where TLanes : struct, ILanes<TLanes>
        {
            double length = Math.Sqrt(RowReduction.Dot<TLanes>(key, key, size));
            TLanes most = TLanes.Create(0f);
            for (int i = 0; i < size; i += TLanes.Count)
            {
                most = TLanes.Max(most, TLanes.Abs(Lanes.Load<TLanes>(key + i, size - i)));
            }

            float step = TLanes.Largest(most) / Levels, steps = step > 0 ? 1 / step : 0;
            TLanes errors = TLanes.Create(0f), squares = errors;
            for (int i = 0; i < size; i += TLanes.Count)
            {
                TLanes value = Lanes.Load<TLanes>(key + i, size - i);
                TLanes rounded = TLanes.Round(value * TLanes.Create(steps));
                TLanes error = value - (rounded * TLanes.Create(step));
                errors = TLanes.MultiplyAdd(error, error, errors);
                squares = TLanes.MultiplyAdd(rounded, rounded, squares);
                Lanes.Store(rounded, whole + i, size - i);
            }

            return Limit(threshold, step, length, Math.Sqrt(TLanes.Sum(errors)), Math.Sqrt(TLanes.Sum(squares)), size);
        }

        // Lengths are taken a little longer than they were computed, for they were rounded.
        private static short Limit(float threshold, float step, double length, double error, double whole, int size)
        {
            double direction = Math.Sqrt(size) * 0.50001 / DirectionSteps; // ‖d‖ at most
            double products = (size + 8) * 1.2e-7; // rounded floats, in parts of ‖u‖ ‖k‖: 2⁻²³ each
            double most = ((MostLength + direction) * ((error * 1.0001) + (1e-6 * length))) + ((direction + products) * length * 1.0001);
            double limit = Math.Floor((threshold - most) / ((double)step / DirectionSteps));

            // What cannot be told is looked at: where squares of small numbers were lost, and where 16 bits do not hold p · q.
            bool told = length > ShortestKey || step == 0;
            bool fits = whole * 1.0001 * ((DirectionSteps * MostLength) + (Math.Sqrt(size) / 2)) < short.MaxValue;
            return told && fits && limit >= short.MinValue ? (short)Math.Min(limit, short.MaxValue) : short.MinValue;
        }
    }
}

/// <summary>Where a neuron's values lie.</summary>
internal readonly unsafe struct ScreenedNeuron(float* key, float* value, float threshold)
{
    /// <summary>[key size].</summary>
    public float* Key => key;

    /// <summary>[value size].</summary>
    public float* Value => value;

    /// <summary>τ.</summary>
    public float Threshold => threshold;
}
