using Ibke.Runtime.Generation.Sampling;

namespace Ibke.Runtime.Training.Editors;

/// <summary>Draws from the standard normal distribution (Box, Muller).</summary>
internal static class NormalNoise
{
    /// <summary>Independent draws.</summary>
    public static float[] Draw(RandomSource random, int count)
    {
        float[] values = new float[count];
        for (int i = 0; i < count; i += 2)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            (double sine, double cosine) = Math.SinCos(2 * Math.PI * random.NextDouble());
            values[i] = (float)(radius * cosine);
            if (i + 1 < count)
            {
                values[i + 1] = (float)(radius * sine);
            }
        }

        return values;
    }
}
