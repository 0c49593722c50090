using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace Ibke.Benchmarks;

/// <summary>Streamed chats over HTTP from a running chat backend: replies and tokens a second, time to the first token, and how evenly clients are served.</summary>
internal static class HttpLoad
{
    private const string Question = "Where did Viktor Shah graduate from?";
    private static readonly TimeSpan _time = TimeSpan.FromSeconds(8);

    /// <summary>ADDRESS [CLIENTS...].</summary>
    public static async Task RunAsync(string[] args)
    {
        using HttpClient http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 1024 }) { BaseAddress = new Uri(args[0]) };
        int[] counts = [.. args[1..].Select(count => int.Parse(count, CultureInfo.InvariantCulture))];
        using JsonDocument models = await http.GetFromJsonAsync<JsonDocument>("v1/models") ?? throw new InvalidDataException("No models.");
        string model = models.RootElement.GetProperty("data")[0].GetProperty("id").GetString()!;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ClientAsync(http, model, TimeSpan.FromSeconds(3))));
        Console.WriteLine($"{model} at {args[0]}, \"{Question}\" again and again for {_time.TotalSeconds:0} s");
        Console.WriteLine("clients  replies/s  tokens/s  first token, ms: median  p99  slowest/fastest client  refused (429)");
        foreach (int count in counts.Length > 0 ? counts : [1, 8, 32, 128])
        {
            Client[] clients = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => ClientAsync(http, model, _time)));
            double[] first = [.. clients.SelectMany(client => client.FirstTokens).Order()];
            int replies = clients.Sum(client => client.FirstTokens.Count);
            Console.WriteLine(FormattableString.Invariant(
                $"{count,7}  {replies / _time.TotalSeconds,9:0}  {clients.Sum(client => client.Tokens) / _time.TotalSeconds,8:0}  {first[first.Length / 2],23:0.0}  {first[(int)(0.99 * (first.Length - 1))],3:0.0}  {clients.Max(client => client.FirstTokens.Count) / (double)Math.Max(1, clients.Min(client => client.FirstTokens.Count)),22:0.00}  {clients.Sum(client => client.Refused),13}"));
        }
    }

    private static async Task<Client> ClientAsync(HttpClient http, string model, TimeSpan time)
    {
        Client client = new();
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < time)
        {
            await AskAsync(http, model, client);
        }

        return client;
    }

    private static async Task AskAsync(HttpClient http, string model, Client client)
    {
        long start = Stopwatch.GetTimestamp();
        using HttpRequestMessage request = new(HttpMethod.Post, "v1/chat/completions")
        {
            Content = JsonContent.Create(new { model, stream = true, stream_options = new { include_usage = true }, messages = new[] { new { role = "user", content = Question } } }),
        };
        using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if ((int)response.StatusCode == 429)
        {
            client.Refused++;
            await Task.Delay(100);
            return;
        }

        response.EnsureSuccessStatusCode();
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync());
        double first = 0;
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.Contains("\"content\":\"", StringComparison.Ordinal) && first == 0 && !line.Contains("\"content\":\"\"", StringComparison.Ordinal))
            {
                first = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }

            int usage = line.IndexOf("\"completion_tokens\":", StringComparison.Ordinal);
            if (usage >= 0)
            {
                client.Tokens += int.Parse(new string([.. line.AsSpan(usage + 20).ToString().TakeWhile(char.IsAsciiDigit)]), CultureInfo.InvariantCulture);
            }
        }

        client.FirstTokens.Add(first);
    }

    private sealed class Client
    {
        public List<double> FirstTokens { get; } = [];

        public long Tokens { get; set; }

        public int Refused { get; set; }
    }
}
