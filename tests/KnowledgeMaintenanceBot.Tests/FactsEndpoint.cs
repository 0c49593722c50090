using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Ibke.Samples.KnowledgeMaintenanceBot.Tests;

/// <summary>A server of facts on this machine, with ETags.</summary>
internal sealed class FactsEndpoint : IDisposable
{
    private readonly HttpListener _listener = new();
    private volatile string _content = "[]";
    private volatile int _version;
    private int _unchanged;

    public FactsEndpoint(int? port = null)
    {
        Address = $"http://127.0.0.1:{port ?? FreePort()}/";
        _listener.Prefixes.Add(Address);
        _listener.Start();
        _ = ServeAsync();
    }

    /// <summary>Where it is.</summary>
    public string Address { get; }

    /// <summary>How often it said that nothing has changed.</summary>
    public int Unchanged => Volatile.Read(ref _unchanged);

    /// <summary>A port that nobody listens at.</summary>
    public static int FreePort()
    {
        using TcpListener probe = new(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    /// <summary>Says something else from now on.</summary>
    public void Set(params (string Question, string Answer)[] facts)
    {
        _content = JsonSerializer.Serialize(facts.Select(fact => new { question = fact.Question, answer = fact.Answer, as_of = "2026-10-01" }));
        _version++;
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                string tag = $"\"{_version}\"";
                context.Response.Headers["ETag"] = tag;
                if (context.Request.Headers["If-None-Match"] == tag)
                {
                    Interlocked.Increment(ref _unchanged);
                    context.Response.StatusCode = 304;
                }
                else
                {
                    await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(_content));
                }

                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // It is closed.
        }
    }
}
