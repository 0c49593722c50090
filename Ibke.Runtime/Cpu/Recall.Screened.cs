using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Ibke.Runtime.Cpu;

/// <content>With rough keys first.</content>
internal static unsafe partial class Recall
{
    /// <summary>As the other method, and to the same bits as it has for a row alone; of most neurons only the rough keys are read.</summary>
    /// <param name="pool">Threads and instruction set.</param>
    /// <param name="directions">[rows, key size]: u.</param>
    /// <param name="sharpness">γ.</param>
    /// <param name="screen">The neurons, summed in their order.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="output">[rows, value size]: what the result is added to; null for zeros.</param>
    /// <param name="destination">[rows, value size].</param>
    public static void Forward(
        WorkerPool pool, float* directions, float sharpness, RecallScreen screen, int rows, float* output, float* destination)
    {
        long width = (long)screen.Panels * RecallScreen.PanelKeys;
        int group = (int)Math.Clamp(MaximumActivations / Math.Max(1, width), 1, rows);
        int rough = RoughDirection.Floats(screen);
        using Scratch memory = new(group * (rough + screen.Panels + width));
        float* masks = memory.Pointer + ((long)group * rough);
        float* activations = masks + ((long)group * screen.Panels);
        for (int row = 0; row < rows; row += group)
        {
            int count = Math.Min(group, rows - row);
            Screening state = new(screen, directions + ((long)row * screen.KeySize), count, memory.Pointer, activations, (uint*)masks);
            Kernel.Run(pool, count, screen.KeySize, new RoughDirections(state));
            Kernel.Run(pool, screen.Panels, count < RowsWorthSharing ? ValuesOfPanelAlone : ValuesOfPanel, state);
            long start = (long)row * screen.ValueSize;
            ScreenedAnswers answers = new(state, sharpness, output == null ? null : output + start, destination + start);
            Kernel.Run(pool, count, screen.ValueSize, answers);
        }
    }

    // For few rows another thread is not worth waking before 256 panels. For more, 32 stay in the first cache while all rows pass.
    private const int RowsWorthSharing = 4;
    private const long ValuesOfPanelAlone = 16384 / 256;
    private const long ValuesOfPanel = 16384 / 32;

    // p of a direction, and what stored values plus 8 add to p · q.
    private readonly struct RoughDirection(float* memory, RecallScreen screen)
    {
        private const int HeaderBytes = 8;

        public static int Floats(RecallScreen screen) => (HeaderBytes / sizeof(float)) + screen.Groups;

        public bool Usable => *(int*)memory != 0;

        // −8 Σ p, in the 16 bits that p · q is computed in.
        public short Start => ((short*)memory)[2];

        public sbyte* Values => (sbyte*)memory + HeaderBytes;

        // Unusable is a direction longer than one, or with values that are no numbers.
        [MethodImpl(Kernel.HotLoop)]
        public void Set<TLanes>(float* direction, float* whole)
            where TLanes : struct, ILanes<TLanes>
        {
            int size = screen.KeySize, sum = 0;
            new Span<float>(memory, Floats(screen)).Clear();
            if (!(RowReduction.Dot<TLanes>(direction, direction, size) <= 1 + RecallScreen.LengthTolerance))
            {
                return;
            }

            for (int i = 0; i < size; i += TLanes.Count)
            {
                TLanes steps = Lanes.Load<TLanes>(direction + i, size - i) * TLanes.Create(RecallScreen.DirectionSteps);
                Lanes.Store(TLanes.Round(steps), whole + i, size - i);
            }

            for (int i = 0; i < size; i++)
            {
                int value = (int)whole[i];
                Values[i] = (sbyte)value;
                sum += value;
            }

            *(int*)memory = 1;
            ((short*)memory)[2] = unchecked((short)(-RecallScreen.StoredZero * sum));
        }
    }

    // Items are rows.
    private readonly struct RoughDirections(Screening state) : IKernel
    {
        [MethodImpl(Kernel.HotLoop)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            using Scratch whole = new(state.Screen.KeySize);
            for (int row = from; row < to; row++)
            {
                state.Rough(row).Set<TLanes>(state.Direction(row), whole.Pointer);
            }
        }
    }

    // Items are panels: the activations of those neurons of all rows that fire, and which they are.
    private readonly struct Screening(RecallScreen screen, float* directions, int rows, float* rough, float* activations, uint* fired) : IKernel
    {
        public RecallScreen Screen => screen;

        // [panels · keys of a panel], only where a neuron fired.
        public float* Activations(int row) => activations + ((long)row * screen.Panels * RecallScreen.PanelKeys);

        // [panels]: a bit for each neuron.
        public uint* Fired(int row) => fired + ((long)row * screen.Panels);

        public float* Direction(int row) => directions + ((long)row * screen.KeySize);

        public RoughDirection Rough(int row) => new(rough + ((long)row * RoughDirection.Floats(screen)), screen);

        [MethodImpl(Kernel.HotLoop)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            for (int row = 0; row < rows; row++)
            {
                RoughDirection direction = Rough(row);
                uint* candidates = Fired(row);
                if (!direction.Usable)
                {
                    new Span<uint>(candidates + from, to - from).Fill(uint.MaxValue);
                }
                else if (typeof(TLanes) == typeof(Lanes512))
                {
                    Candidates512(screen, direction, from, to, candidates);
                }
                else
                {
                    Candidates256(screen, direction, from, to, candidates);
                }

                for (int panel = from; panel < to; panel++)
                {
                    uint some = candidates[panel] & screen.Present(panel);
                    candidates[panel] = some == 0 ? 0 : Look<TLanes>(row, panel, some);
                }
            }
        }

        // The activations of candidates, by their own keys.
        private uint Look<TLanes>(int row, int panel, uint candidates)
            where TLanes : struct, ILanes<TLanes>
        {
            uint active = 0;
            for (; candidates != 0; candidates &= candidates - 1)
            {
                int lane = BitOperations.TrailingZeroCount(candidates);
                int index = (panel * RecallScreen.PanelKeys) + lane;
                ScreenedNeuron neuron = screen.Neurons[index];
                float above = RowReduction.Dot<TLanes>(Direction(row), neuron.Key, screen.KeySize) - neuron.Threshold;

                // Written so that what is not a number stays so.
                float activation = above <= 0 ? 0 : above / (1 - neuron.Threshold);
                if (BitConverter.SingleToInt32Bits(activation) != 0)
                {
                    Activations(row)[index] = activation;
                    active |= 1u << lane;
                }
            }

            return active;
        }
    }

    [MethodImpl(Kernel.HotLoop)]
    private static void Candidates512(RecallScreen screen, RoughDirection direction, int from, int to, uint* candidates)
    {
        Vector512<byte> low = Vector512.Create((byte)0x0f);
        Vector512<short> start = Vector512.Create(direction.Start);
        byte* keys = screen.Keys + ((long)from * screen.PanelBytes);
        int groups = screen.Groups;
        for (int panel = from; panel < to; panel++)
        {
            Vector512<short> first = start, second = Vector512<short>.Zero;
            short* pairs = (short*)direction.Values;
            for (int group = 0; group < groups; group++, keys += 64, pairs += 2)
            {
                Vector512<byte> stored = Vector512.Load(keys);
                first += Avx512BW.MultiplyAddAdjacent(stored & low, Vector512.Create(pairs[0]).AsSByte());
                second += Avx512BW.MultiplyAddAdjacent((stored.AsUInt16() >>> 4).AsByte() & low, Vector512.Create(pairs[1]).AsSByte());
            }

            Vector512<short> limits = Vector512.Load(screen.Limits + ((long)panel * RecallScreen.PanelKeys));
            candidates[panel] = ~(uint)Vector512.GreaterThan(limits, first + second).ExtractMostSignificantBits();
        }
    }

    [MethodImpl(Kernel.HotLoop)]
    private static void Candidates256(RecallScreen screen, RoughDirection direction, int from, int to, uint* candidates)
    {
        Vector256<byte> low = Vector256.Create((byte)0x0f);
        Vector256<short> start = Vector256.Create(direction.Start);
        byte* keys = screen.Keys + ((long)from * screen.PanelBytes);
        int groups = screen.Groups;
        for (int panel = from; panel < to; panel++)
        {
            Vector256<short> left = start, right = start;
            short* pairs = (short*)direction.Values;
            for (int group = 0; group < groups; group++, keys += 64, pairs += 2)
            {
                Vector256<byte> storedLeft = Vector256.Load(keys), storedRight = Vector256.Load(keys + 32);
                Vector256<sbyte> pair = Vector256.Create(pairs[0]).AsSByte();
                left += Avx2.MultiplyAddAdjacent(storedLeft & low, pair);
                right += Avx2.MultiplyAddAdjacent(storedRight & low, pair);
                pair = Vector256.Create(pairs[1]).AsSByte();
                left += Avx2.MultiplyAddAdjacent((storedLeft.AsUInt16() >>> 4).AsByte() & low, pair);
                right += Avx2.MultiplyAddAdjacent((storedRight.AsUInt16() >>> 4).AsByte() & low, pair);
            }

            short* limits = screen.Limits + ((long)panel * RecallScreen.PanelKeys);
            uint silentLeft = Vector256.GreaterThan(Vector256.Load(limits), left).ExtractMostSignificantBits();
            uint silentRight = Vector256.GreaterThan(Vector256.Load(limits + 16), right).ExtractMostSignificantBits();
            candidates[panel] = ~(silentLeft | (silentRight << 16));
        }
    }

    // Items are rows.
    private readonly struct ScreenedAnswers(Screening state, float sharpness, float* output, float* destination) : IKernel
    {
        [MethodImpl(Kernel.HotLoop)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            for (int row = from; row < to; row++)
            {
                float* target = destination + ((long)row * state.Screen.ValueSize);
                Row<TLanes>(state.Activations(row), state.Fired(row), target);
                if (output != null)
                {
                    ScaledRow.Add<TLanes>(output + ((long)row * state.Screen.ValueSize), 1, state.Screen.ValueSize, target);
                }
            }
        }

        [MethodImpl(Kernel.HotLoop)]
        private void Row<TLanes>(float* activations, uint* fired, float* target)
            where TLanes : struct, ILanes<TLanes>
        {
            RecallScreen screen = state.Screen;
            new Span<float>(target, screen.ValueSize).Clear();
            float largest = 0, total = 0;
            for (int i = Next(fired, 0); i >= 0; i = Next(fired, i + 1))
            {
                largest = Math.Max(largest, activations[i]);
            }

            for (int i = Next(fired, 0); i >= 0; i = Next(fired, i + 1))
            {
                total += MathF.Exp(sharpness * (activations[i] - largest));
            }

            for (int i = Next(fired, 0); i >= 0; i = Next(fired, i + 1))
            {
                float weight = MathF.Exp(sharpness * (activations[i] - largest)) / total;
                ScaledRow.Add<TLanes>(screen.Neurons[i].Value, weight * activations[i], screen.ValueSize, target);
            }
        }

        // The first neuron from one on that fired; −1 for none.
        private int Next(uint* fired, int from)
        {
            int panel = from / RecallScreen.PanelKeys, panels = state.Screen.Panels;
            if (panel < panels && fired[panel] >> (from % RecallScreen.PanelKeys) is var rest and not 0)
            {
                return from + BitOperations.TrailingZeroCount(rest);
            }

            int after = panel + 1;
            int next = after < panels ? new ReadOnlySpan<uint>(fired + after, panels - after).IndexOfAnyExcept(0u) : -1;
            return next < 0 ? -1 : ((after + next) * RecallScreen.PanelKeys) + BitOperations.TrailingZeroCount(fired[after + next]);
        }
    }
}
