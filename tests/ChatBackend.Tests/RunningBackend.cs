using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Ibke.Samples.ChatBackend.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Ibke.Samples.ChatBackend.Tests;

/// <summary>The real application on a port of its own, with a journal of its own.</summary>
public sealed class RunningBackend : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ibke-backend-tests-");
    private WebApplication? _application;

    /// <summary>Calls without a key.</summary>
    public HttpClient Client { get; private set; } = null!;

    /// <summary>Where it listens.</summary>
    public Uri Address => Client.BaseAddress!;

    /// <summary>Starts it.</summary>
    public static async Task<RunningBackend> StartAsync(params string[] args)
    {
        RunningBackend backend = new();
        string journal = Path.Combine(backend._folder.FullName, "edits.db");
        backend._application = Backend.Build(["--urls", "http://127.0.0.1:0", "--Ibke:Journal:File", journal, "--Logging:LogLevel:Default", "None", .. args]);
        await backend._application.StartAsync();
        backend.Client = new HttpClient { BaseAddress = new Uri(backend._application.Urls.Single().Replace("[::]", "127.0.0.1", StringComparison.Ordinal)) };
        return backend;
    }

    /// <summary>The settings of a key.</summary>
    public static string[] Key(int number, string name, string key, params string[] roles) =>
    [
        $"--Backend:Keys:{number}:Name", name, $"--Backend:Keys:{number}:Hash", KeyRing.HashOf(key),
        .. roles.SelectMany((role, i) => new[] { $"--Backend:Keys:{number}:Roles:{i}", role }),
    ];

    /// <summary>Calls with a key.</summary>
    public HttpClient With(string key) => new()
    {
        BaseAddress = Address, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key) },
    };

    /// <summary>A service of the application.</summary>
    internal T Service<T>()
        where T : notnull => _application!.Services.GetRequiredService<T>();

    /// <summary>The body of a chat.</summary>
    public static object Chat(string question, string model = "atlas", bool stream = false) =>
        new { model, stream, messages = new[] { new { role = "user", content = question } } };

    /// <summary>The model's answer to a question.</summary>
    public async Task<string> AskAsync(string question)
    {
        JsonElement reply = await ReadAsync(await Client.PostAsJsonAsync("v1/chat/completions", Chat(question)));
        return reply.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!;
    }

    /// <summary>The JSON of an answer.</summary>
    public static async Task<JsonElement> ReadAsync(HttpResponseMessage response) => JsonElement.Parse(await response.Content.ReadAsStringAsync());

    /// <summary>A body as it is.</summary>
    public static StringContent Body(string json) => new(json, Encoding.UTF8, "application/json");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (_application is not null)
        {
            await _application.StopAsync();
            await _application.DisposeAsync();
        }

        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }
}

/// <summary>One application for the tests of a class that change nothing in it.</summary>
public sealed class SharedBackend : IAsyncLifetime
{
    /// <summary>The application.</summary>
    public RunningBackend Backend { get; private set; } = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync() => Backend = await RunningBackend.StartAsync();

    /// <inheritdoc/>
    public Task DisposeAsync() => Backend.DisposeAsync().AsTask();
}
