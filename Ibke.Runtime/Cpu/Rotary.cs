using System.Runtime.CompilerServices;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <summary>
/// Rotary position embedding (RoPE; Su et al., 2021): each pair (a, b) of a head becomes (a cos − b sin, b cos + a sin) with the angle
/// position × frequency. Elements beyond the pairs pass through.
/// </summary>
internal static unsafe class Rotary
{
    /// <summary>destination = turned x. The destination may be x.</summary>
    /// <param name="pool">Threads and instruction set.</param>
    /// <param name="x">[rows, columns], columns = heads × headSize.</param>
    /// <param name="positions">[rows].</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">Values in a row.</param>
    /// <param name="headSize">Values a head has.</param>
    /// <param name="frequencies">Angles of the pairs; at most headSize / 2.</param>
    /// <param name="destination">[rows, columns].</param>
    public static void Forward(
        WorkerPool pool, float* x, int* positions, int rows, int columns, int headSize, RotaryFrequencies frequencies, float* destination)
    {
        RotaryTable table = RotaryTable.Get(frequencies, Largest(positions, rows) + 1);
        Kernel.Run(pool, rows, columns, new Turn(x, positions, columns, headSize, Angles(table, frequencies, 1), false, destination));
        GC.KeepAlive(table);
    }

    /// <summary>The gradient turned back to xGradient: a rotation's transpose is the rotation by the opposite angle.</summary>
    public static void Backward(
        WorkerPool pool, float* gradient, int* positions, int rows, int columns, int headSize, RotaryFrequencies frequencies,
        GradientPlace xGradient)
    {
        RotaryTable table = RotaryTable.Get(frequencies, Largest(positions, rows) + 1);
        Kernel.Run(pool, rows, columns, new Turn(gradient, positions, columns, headSize, Angles(table, frequencies, -1), xGradient.Add, xGradient.Values));
        GC.KeepAlive(table);
    }

    private static PairAngles Angles(RotaryTable table, RotaryFrequencies frequencies, float direction) =>
        new(table.Cosines, table.Sines, table.Pairs, direction, frequencies.Interleaved);

    private static int Largest(int* positions, int rows)
    {
        int largest = 0;
        for (int row = 0; row < rows; row++)
        {
            largest = Math.Max(largest, positions[row]);
        }

        return largest;
    }

    // Where the angles are and how they are used; the direction is 1, or −1 for the opposite angle.
    private readonly record struct PairAngles(nint CosineAddress, nint SineAddress, int Pairs, float Direction, bool Interleaved)
    {
        public PairAngles(float* cosines, float* sines, int pairs, float direction, bool interleaved)
            : this((nint)cosines, (nint)sines, pairs, direction, interleaved)
        {
        }

        public float* Cosines(int position) => (float*)CosineAddress + ((long)position * Pairs);

        public float* Sines(int position) => (float*)SineAddress + ((long)position * Pairs);
    }

    private readonly struct Turn(
        float* x, int* positions, int columns, int headSize, PairAngles angles, bool add, float* y) : IKernel
    {
        [MethodImpl(Kernel.HotLoop)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            for (int row = from; row < to; row++)
            {
                float* cosines = angles.Cosines(positions[row]);
                float* sines = angles.Sines(positions[row]);
                for (int head = 0; head < columns; head += headSize)
                {
                    float* source = x + ((long)row * columns) + head;
                    float* destination = y + ((long)row * columns) + head;
                    if (angles.Interleaved)
                    {
                        Neighbours(source, cosines, sines, destination);
                    }
                    else
                    {
                        Halves<TLanes>(source, cosines, sines, destination);
                    }

                    PassThrough<TLanes>(source, destination);
                }
            }
        }

        [MethodImpl(Kernel.HotLoop)]
        private void Halves<TLanes>(float* source, float* cosines, float* sines, float* destination)
            where TLanes : struct, ILanes<TLanes>
        {
            int pairs = angles.Pairs;
            TLanes direction = TLanes.Create(angles.Direction);
            for (int i = 0; i < pairs; i += TLanes.Count)
            {
                int rest = pairs - i;
                TLanes a = Lanes.Load<TLanes>(source + i, rest);
                TLanes b = Lanes.Load<TLanes>(source + pairs + i, rest);
                TLanes cosine = Lanes.Load<TLanes>(cosines + i, rest);
                TLanes sine = Lanes.Load<TLanes>(sines + i, rest) * direction;
                TLanes first = (a * cosine) - (b * sine);
                TLanes second = TLanes.MultiplyAdd(b, cosine, a * sine);
                if (add)
                {
                    first += Lanes.Load<TLanes>(destination + i, rest);
                    second += Lanes.Load<TLanes>(destination + pairs + i, rest);
                }

                Lanes.Store(first, destination + i, rest);
                Lanes.Store(second, destination + pairs + i, rest);
            }
        }

        private void Neighbours(float* source, float* cosines, float* sines, float* destination)
        {
            for (int i = 0; i < angles.Pairs; i++)
            {
                float a = source[2 * i];
                float b = source[(2 * i) + 1];
                float sine = sines[i] * angles.Direction;
                float first = (a * cosines[i]) - (b * sine);
                float second = (b * cosines[i]) + (a * sine);
                destination[2 * i] = add ? destination[2 * i] + first : first;
                destination[(2 * i) + 1] = add ? destination[(2 * i) + 1] + second : second;
            }
        }

        [MethodImpl(Kernel.HotLoop)]
        private void PassThrough<TLanes>(float* source, float* destination)
            where TLanes : struct, ILanes<TLanes>
        {
            for (int i = 2 * angles.Pairs; i < headSize; i += TLanes.Count)
            {
                int rest = headSize - i;
                TLanes value = Lanes.Load<TLanes>(source + i, rest);
                Lanes.Store(add ? value + Lanes.Load<TLanes>(destination + i, rest) : value, destination + i, rest);
            }
        }
    }
}
