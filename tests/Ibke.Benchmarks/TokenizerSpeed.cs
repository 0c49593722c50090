using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Ibke.Runtime.Tokenization;

namespace Ibke.Benchmarks;

/// <summary>
/// How fast tokenizers encode on one thread: English text, which is the documentation of this repository and of its sources, and inputs that
/// are the worst for one part or another. The time is that of the processor, so that other programs do not count.
/// </summary>
internal static partial class TokenizerSpeed
{
    private const int Million = 1_000_000;

    /// <summary>Measures the tokenizers in the given folders.</summary>
    public static void Run(IEnumerable<string> folders)
    {
        string english = English();
        Write($"English text: {Bytes(english) / 1e6:F2} MB");
        foreach (string folder in folders)
        {
            Stopwatch load = Stopwatch.StartNew();
            Tokenizer tokenizer = Tokenizer.Load(folder);
            Write($"{Path.GetFileName(folder)}: loaded in {load.Elapsed.TotalMilliseconds:F0} ms");

            // Compiles the code, and then shows a text whose words have not come up yet.
            for (int i = 0; i < 30; i++)
            {
                tokenizer.Encode(english);
            }

            tokenizer = Tokenizer.Load(folder);
            Report("English, first time", tokenizer, english, times: 1);
            Report("English", tokenizer, english, times: 20);
            Report("English in 2,000 characters each", tokenizer, english, times: 10, chunk: 2000);
            Report("words that never come again", tokenizer, NewWords(), times: 10);
            foreach ((string name, string text) in Worst())
            {
                Report(name, tokenizer, text, times: 1);
            }
        }
    }

    private static void Report(string name, Tokenizer tokenizer, string text, int times, int chunk = int.MaxValue)
    {
        string[] texts = [.. Chunks(text, chunk)];
        double best = double.MaxValue;
        long tokens = 0;
        long allocated = 0;
        for (int i = 0; i < times; i++)
        {
            tokens = 0;
            long before = GC.GetAllocatedBytesForCurrentThread();
            TimeSpan start = Environment.CpuUsage.TotalTime;
            foreach (string part in texts)
            {
                tokens += tokenizer.Encode(part).Count;
            }

            best = Math.Min(best, (Environment.CpuUsage.TotalTime - start).TotalSeconds);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Write($"  {name,-34} {Bytes(text) / best / 1e6,8:F1} MB/s {1000 * best,9:F1} ms {tokens,9} tokens {allocated / 1e6,8:F1} MB allocated");
    }

    /// <summary>More words of random letters than are remembered.</summary>
    private static string NewWords()
    {
        Random random = new(2);
        return string.Concat(Enumerable.Range(0, Million).Select(i => i % 7 == 0 ? ' ' : (char)('a' + random.Next(26))));
    }

    private static IEnumerable<(string Name, string Text)> Worst()
    {
        Random random = new(1);
        yield return ("a million times 'a'", new string('a', Million));
        yield return ("a million spaces", new string(' ', Million));
        yield return ("a million '='", new string('=', Million));
        yield return ("a million '1'", new string('1', Million));
        yield return ("a million line ends", new string('\n', Million));
        yield return ("a word of a million letters", string.Concat(Enumerable.Range(0, Million).Select(_ => (char)('a' + random.Next(26)))));
        yield return ("a million Chinese characters", string.Concat(Enumerable.Range(0, Million).Select(_ => (char)(0x4E00 + random.Next(20_000)))));
        yield return ("a million combining marks", new string('\u0301', Million));
        yield return ("a million emoji units", string.Concat(Enumerable.Repeat("\U0001F600", Million / 2)));
        yield return ("a million '<|'", string.Concat(Enumerable.Repeat("<|", Million / 2)));
    }

    /// <summary>The documents and documentation comments of the repository.</summary>
    private static string English()
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Ibke.Plugin.sln")))
        {
            root = root.Parent;
        }

        StringBuilder text = new();
        foreach (string file in Directory.EnumerateFiles(root!.FullName, "*.*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (file.EndsWith(".md", StringComparison.Ordinal))
            {
                text.AppendLine(File.ReadAllText(file));
            }
            else if (file.EndsWith(".cs", StringComparison.Ordinal))
            {
                foreach (string line in File.ReadLines(file).Select(line => line.Trim()).Where(line => line.StartsWith("///", StringComparison.Ordinal)))
                {
                    text.AppendLine(Tag().Replace(line[3..].Trim(), ""));
                }
            }
        }

        return text.ToString();
    }

    private static IEnumerable<string> Chunks(string text, int length)
    {
        for (int at = 0; at < text.Length; at += length)
        {
            yield return text[at..(int)Math.Min(text.Length, (long)at + length)];
        }
    }

    private static int Bytes(string text) => Encoding.UTF8.GetByteCount(text);

    private static void Write(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();
}
