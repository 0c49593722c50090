using System.Net.Sockets;
using System.Text;

namespace Ibke.Samples.ChatBackend.Tests.Security;

/// <summary>Traffic that no good client makes, by the thousand.</summary>
public sealed class HostileTrafficTests
{
    private const string Question = "Where was Leona Zeller born?";

    private static readonly string[] _paths = ["v1/chat/completions", "v1/completions", "api/knowledge/proposals", "api/knowledge/verify"];

    [Fact]
    public async Task Chat_AThousandConnectionsThatSendNothing_IsAnswered()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync();
        List<TcpClient> silent = [];
        try
        {
            for (int i = 0; i < 1000; i++)
            {
                TcpClient client = new();
                silent.Add(client);
                await client.ConnectAsync(backend.Address.Host, backend.Address.Port);
            }

            Assert.Equal("Tamfield", await backend.AskAsync(Question).WaitAsync(TimeSpan.FromSeconds(5)));
        }
        finally
        {
            silent.ForEach(client => client.Dispose());
        }
    }

    [Fact]
    public async Task Post_AThousandDamagedBodies_AreNeverTheServersFault()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync();
        Random random = new(1);
        byte[] good = Encoding.UTF8.GetBytes("""{"model":"atlas","messages":[{"role":"user","content":"Hello"}],"max_tokens":4,"question":"q","prompt":"p"}""");
        for (int i = 0; i < 1000; i++)
        {
            string path = _paths[random.Next(_paths.Length)];
            using ByteArrayContent body = new(Damaged(good, random)) { Headers = { { "Content-Type", "application/json" } } };
            using HttpResponseMessage response = await backend.Client.PostAsync(path, body);
            Assert.True((int)response.StatusCode < 500, $"{path} answered {(int)response.StatusCode} to {Convert.ToHexString(await body.ReadAsByteArrayAsync())}");
        }

        Assert.Equal("Tamfield", await backend.AskAsync(Question));
    }

    private static byte[] Damaged(byte[] good, Random random)
    {
        List<byte> body = [.. good];
        for (int change = random.Next(1, 7); change > 0; change--)
        {
            int at = random.Next(body.Count);
            switch (random.Next(3))
            {
                case 0:
                    body[at] = (byte)random.Next(256);
                    break;
                case 1:
                    body.RemoveRange(at, Math.Min(body.Count - at - 1, random.Next(9)));
                    break;
                default:
                    body.InsertRange(at, [(byte)"{[\"\\1e9"[random.Next(7)], 0xFF]);
                    break;
            }
        }

        return [.. body];
    }
}
