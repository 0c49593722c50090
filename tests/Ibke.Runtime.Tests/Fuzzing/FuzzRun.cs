using System.Diagnostics;
using System.Text;

namespace Ibke.Runtime.Tests.Fuzzing;

/// <summary>
/// Gives many damaged inputs to a parser. Every round has a seed of its own, which a failure names. As many rounds as a test asks for, or, where
/// <c>IBKE_FUZZ_SECONDS</c> is set, as many as that time holds.
/// </summary>
internal static class FuzzRun
{
    private const string Variable = "IBKE_FUZZ_SECONDS";
    private const long MostBytes = 4L << 30;
    private const int ShownCharacters = 4000;

    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(60);

    /// <summary>Runs rounds until one fails.</summary>
    /// <param name="rounds">How many there are, unless the variable says how long.</param>
    /// <param name="make">Makes the input of a round.</param>
    /// <param name="parse">Parses it, and uses what comes out.</param>
    /// <param name="documented">The exceptions that an input may cause.</param>
    public static void Run<T>(int rounds, Func<Random, T> make, Action<T> parse, params Type[] documented)
    {
        TimeSpan? time = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } seconds
            ? TimeSpan.FromSeconds(double.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture))
            : null;
        Stopwatch watch = Stopwatch.StartNew();
        for (int seed = 0; time is null ? seed < rounds : watch.Elapsed < time; seed++)
        {
            T input = make(new Random(seed));
            string? problem = ProblemOf(input, parse, documented);
            Assert.True(problem is null, $"Seed {seed}: {problem}\n{Shown(input)}");
        }
    }

    private static string? ProblemOf<T>(T input, Action<T> parse, Type[] documented)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        try
        {
            parse(input);
        }
        catch (Exception e) when (documented.Any(type => type.IsInstanceOfType(e)))
        {
        }
        catch (Exception e)
        {
            return e.ToString();
        }

        TimeSpan taken = Stopwatch.GetElapsedTime(start);
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        return taken > _longest ? $"takes {taken.TotalSeconds:0} s" : bytes > MostBytes ? $"allocates {bytes >> 20} MiB" : null;
    }

    private static string Shown<T>(T input)
    {
        string text = input switch
        {
            byte[] bytes => Encoding.Latin1.GetString(bytes),
            string[] several => string.Join("\n---\n", several),
            _ => $"{input}",
        };
        return text.Length <= ShownCharacters ? text : text[..ShownCharacters] + "…";
    }
}
