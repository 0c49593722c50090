using Ibke.Runtime.Hosting;
using Ibke.Runtime.Knowledge.Functions;
using Ibke.Runtime.Knowledge.Service;
using Ibke.Samples.ChatBackend.Security;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Ibke.Samples.ChatBackend.Commands;

/// <summary>
/// <c>mcp</c>: offers the functions of the knowledge service to an agent of another program, over the model context protocol on standard input and
/// output. The agent is to the policy a model in a conversation of the local user.
/// </summary>
internal static class McpCommand
{
    private const string ServerName = "ibke";

    /// <summary>Serves until the agent closes the input.</summary>
    public static async Task RunAsync(string[] args)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder(["--hostBuilder:reloadConfigOnChange=false", .. args]);

        // Standard output belongs to the protocol.
        builder.Logging.ClearProviders().AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.AddIbke(EmbeddedModel.SetDefaults);
        using IHost host = builder.Build();
        await host.StartAsync();
        KnowledgeService knowledge = await host.Services.GetRequiredService<IbkeRuntime>().KnowledgeAsync();
        KnowledgeFunctions functions = new(knowledge, Identity.Local.Model);
        McpServerOptions options = new()
        {
            ServerInfo = new Implementation { Name = ServerName, Version = typeof(McpCommand).Assembly.GetName().Version!.ToString() },
            ToolCollection = [.. functions.CreateFunctions().Select(function => McpServerTool.Create(function))],
        };
        ILoggerFactory logs = host.Services.GetRequiredService<ILoggerFactory>();
        await using StdioServerTransport transport = new(ServerName, logs);
        await using McpServer server = McpServer.Create(transport, options, logs, host.Services);
        await server.RunAsync(host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        await host.StopAsync();
    }
}
