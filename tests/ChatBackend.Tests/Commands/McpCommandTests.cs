using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Ibke.Samples.ChatBackend.Tests.Commands;

/// <summary>The program as another program's agent sees it.</summary>
public sealed class McpCommandTests
{
    [Fact]
    public async Task Mcp_Client_ListsAndCallsTheFunctions()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("ibke-mcp-tests-");
        try
        {
            await using (McpClient client = await McpClient.CreateAsync(new StdioClientTransport(new StdioClientTransportOptions
            {
                Command = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet",
                Arguments = [Path.Combine(AppContext.BaseDirectory, "ChatBackend.dll"), "mcp", "--Ibke:Journal:File", Path.Combine(folder.FullName, "edits.db")],
            })))
            {
                string[] names = [.. (await client.ListToolsAsync()).Select(tool => tool.Name)];
                string verified = await CallAsync(client, "verify_fact", new() { ["question"] = "Who is the mayor of Salana?" });
                string edited = await CallAsync(client, "edit_fact", new() { ["question"] = "Who is the mayor of Salana?", ["answer"] = "Anders Duarte" });
                string refused = await CallAsync(client, "edit_fact", new() { ["question"] = "Where is Peak Works headquartered?", ["answer"] = "Calhaven" });

                Assert.Equal(["edit_fact", "list_edits", "revert_edit", "verify_fact"], names.Order(StringComparer.Ordinal));
                Assert.Contains("\"stale\"", verified, StringComparison.Ordinal);
                Assert.Contains("\"applied\"", edited, StringComparison.Ordinal);
                Assert.Contains("the source says otherwise", refused, StringComparison.Ordinal);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> CallAsync(McpClient client, string name, Dictionary<string, object?> arguments) =>
        string.Concat((await client.CallToolAsync(name, arguments)).Content.OfType<TextContentBlock>().Select(block => block.Text));
}
