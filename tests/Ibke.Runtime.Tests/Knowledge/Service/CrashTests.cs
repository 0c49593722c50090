using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Ibke.Runtime.Knowledge.Journals;
using Ibke.Runtime.Tests.Knowledge.Journals;
using Ibke.Runtime.Tests.Models;

namespace Ibke.Runtime.Tests.Knowledge.Service;

/// <summary>A process with a service is killed again and again (SIGKILL), at every step and at any moment; what it had acknowledged is always there.</summary>
public sealed partial class CrashTests
{
    private const int KillsOfAStep = 40;
    private const int KillsAtAnyMoment = 60;

    private static readonly string[] _steps = ["authorised", "judged", "recorded", "published"];

    public static TheoryData<string> Stores => JournalStores.Names;

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Kill_AtEveryStepAndAnyMoment_LosesNothingAcknowledgedAndShowsNothingElse(string store)
    {
        if (store == "postgres")
        {
            await using PostgresStore place = new(JournalStores.Postgres!);
            await KillAsync($"{JournalStores.Postgres}|{place.Schema}", seed: 3, _steps, 3, 8);
            return;
        }

        using TemporaryFolder folder = new();
        await Task.WhenAll(
            KillAsync(folder["first.db"], seed: 1, [.. _steps.Take(2)], KillsOfAStep, KillsAtAnyMoment / 2),
            KillAsync(folder["second.db"], seed: 2, [.. _steps.Skip(2)], KillsOfAStep, KillsAtAnyMoment / 2));
    }

    // The journal decides: what was acknowledged is the last state that the process told of, or that with the one entry that it was about to tell of.
    private static async Task KillAsync(string journal, int seed, IReadOnlyList<string> steps, int killsOfAStep, int killsAtAnyMoment)
    {
        Random random = new(seed);
        Dictionary<string, string> keys = new(StringComparer.Ordinal) { ["[]"] = "" };
        Said last = new(0, JournalEntry.Origin, "serving", "[]", "");
        string[] plan = [.. steps.SelectMany(step => Enumerable.Repeat(step, killsOfAStep)), .. Enumerable.Repeat("", killsAtAnyMoment)];
        random.Shuffle(plan);
        foreach (string step in plan)
        {
            (IReadOnlyList<Said> told, string error) = await RunAsync(journal, random, step);
            Assert.True(told.Count > 0, $"The process did not start: {error}");
            Said found = told[0];
            Assert.True(found.Sequence == last.Sequence ? found == last : found.Sequence == last.Sequence + 1, $"after {last} there was {found}");
            foreach (Said said in told)
            {
                string set = said.Mode == "suspended" ? "[]" : said.Edits;
                Assert.Equal(keys.TryGetValue(set, out string? key) ? key : keys[set] = said.Key, said.Key);
            }

            last = told[^1];
        }
    }

    private static async Task<(IReadOnlyList<Said> Told, string Error)> RunAsync(string journal, Random random, string step)
    {
        string host = Path.Combine(AppContext.BaseDirectory, "Ibke.CrashHost.dll");
        ProcessStartInfo start = new("dotnet", [host, "crash", Atlas.Folder, journal, Text(random.Next(1000)), step, Text(random.Next(1, 4))])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        List<Said> told = [];
        int moment = step.Length > 0 ? 60_000 : random.Next(0, 400);
        Task? kill = null;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            // A line that was cut by the kill was not told.
            if (Line().Match(line) is { Success: true } match)
            {
                told.Add(new Said(
                    long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), match.Groups[2].Value, match.Groups[3].Value, match.Groups[4].Value, match.Groups[5].Value));
                kill ??= KillLaterAsync(process, moment);
            }
        }

        await process.WaitForExitAsync();
        return (told, await error);
    }

    private static async Task KillLaterAsync(Process process, int moment)
    {
        await Task.WhenAny(Task.Delay(moment), process.WaitForExitAsync());
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has killed itself.
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\w+ (\d+) ([0-9a-f]{64}) (serving|suspended) (\[[e0-9,]*\]) ([0-9a-f]{64})?$")]
    private static partial Regex Line();

    private sealed record Said(long Sequence, string Hash, string Mode, string Edits, string Key);
}
