using Ibke.Runtime.Hosting;
using Ibke.Runtime.Knowledge.AnswerChecks;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Service;
using Ibke.Runtime.Tests.Knowledge.Service;
using Ibke.Runtime.Tests.Models;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Ibke.Runtime.Tests.Hosting;

public sealed class IbkeHostingTests : IDisposable
{
    private static readonly Caller _anna = Caller.Person("anna", KnowledgeRoles.All);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Start_GoodConfiguration_ServesAndKeepsEditsBetweenHosts()
    {
        using (IHost host = Build())
        {
            await host.StartAsync();
            KnowledgeService knowledge = await host.Services.GetRequiredService<IbkeRuntime>().KnowledgeAsync();
            await knowledge.ProposeAsync(ServiceFixture.Birthplace, _anna);
            await host.StopAsync();
        }

        using IHost again = Build();
        await again.StartAsync();
        ChatResponse response = await again.Services.GetRequiredService<IChatClient>().GetResponseAsync(ServiceFixture.Birthplace.Request.Prompt);

        Assert.Equal(ServiceFixture.Birthplace.Request.Answer, response.Text);
        await again.StopAsync();
    }

    public static TheoryData<string, string?, string> BadSettings => new()
    {
        { "Ibke:Model", "", "Ibke:Model is missing" },
        { "Ibke:Model", "/nowhere", "Ibke:Model is /nowhere, but there is no such folder" },
        { "Ibke:Editor", "/nowhere", "Ibke:Editor is /nowhere" },
        { "Ibke:Journal:Postgres", "Host=x", "Ibke:Journal has both" },
        { "Ibke:Policy:MaximumEditsInForce", "0", "Ibke:Policy:MaximumEditsInForce is 0" },
        { "Ibke:Policy:CallerLimit:Count", "0", "Ibke:Policy:CallerLimit" },
        { "Ibke:Sources:0:Place", "facts.txt", "Ibke:Sources:0:Place: There is no file facts.txt" },
        { "Ibke:Probation", "-00:00:01", "Ibke:Probation is -00:00:01" },
        { "Ibke:UpkeepInterval", "0", "Ibke:UpkeepInterval is 00:00:00" },
        { "Ibke:Modle", "x", "Modle" },
        { "Ibke:Weights", "4bit", "Ibke:Weights" },
        { "Ibke:AnswerChecks", "7", "Ibke:AnswerChecks is 7" },
    };

    [Theory]
    [MemberData(nameof(BadSettings))]
    public async Task Start_BadSetting_FailsAndNamesTheKey(string key, string? value, string named)
    {
        using IHost host = Build(new() { [key] = value });

        Exception error = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync());

        Assert.True(error is OptionsValidationException or InvalidOperationException, error.ToString());
        Assert.Contains(named, error.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["edits.db"]));
    }

    [Fact]
    public async Task GetResponseAsync_AnswerChecksOn_MarksAndCorrectsWhatASourceSaysOtherwise()
    {
        (string question, string answer) = (ServiceFixture.Birthplace.Request.Prompt, ServiceFixture.Birthplace.Request.Answer);
        File.WriteAllText(_folder["facts.csv"], $"question,answer,as_of\n{question},{answer},\n");
        using IHost host = Build(new() { ["Ibke:AnswerChecks"] = "Propose", ["Ibke:Sources:0:Place"] = _folder["facts.csv"] });
        await host.StartAsync();
        IChatClient chat = host.Services.GetRequiredService<IChatClient>();

        ChatResponse first = await chat.GetResponseAsync(question);
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        while ((await chat.GetResponseAsync(question, null, limit.Token)).Text != answer)
        {
            await Task.Delay(20, limit.Token);
        }

        Assert.NotEqual(answer, first.Text);
        Assert.True(first.AdditionalProperties!.ContainsKey(AnswerCheckChatClient.StaleAnswerKey));
        await host.StopAsync();
    }

    [Fact]
    public async Task Start_PolicyAndSources_AreThoseOfTheConfiguration()
    {
        File.WriteAllText(_folder["facts.csv"], $"question,answer,as_of\n{ServiceFixture.Birthplace.Request.Prompt},{ServiceFixture.Birthplace.Request.Answer},\n");
        using IHost host = Build(new()
        {
            ["Ibke:Policy:Protected:0:Question"] = "*mayor*", ["Ibke:Policy:Approvals:0:Facts:Subject"] = "Leona*", ["Ibke:Policy:Approvals:0:Approvers"] = "1",
            ["Ibke:Sources:0:Place"] = _folder["facts.csv"], ["Ibke:Sources:0:Class"] = "registry", ["Ibke:Policy:Sources:0:Facts:Question"] = "*born*",
            ["Ibke:Policy:Sources:0:SourceClasses:0"] = "registry", ["Ibke:Policy:Evidence"] = "Everyone",
        });
        await host.StartAsync();
        KnowledgeService knowledge = await host.Services.GetRequiredService<IbkeRuntime>().KnowledgeAsync();

        Assert.Equal("protected", (await knowledge.ProposeAsync(ServiceFixture.Mayor, _anna)).Rule);
        Assert.Equal((ProposalStatus.Waiting, 1), (await knowledge.ProposeAsync(ServiceFixture.Birthplace, _anna)) is var waits ? (waits.Status, waits.Approvals) : default);
        Assert.Equal("facts.csv", knowledge.State.Pending[0].Request.Source);
        Assert.Empty(KnowledgePolicy.Default.Protected);
        await host.StopAsync();
    }

    [Fact]
    public async Task Health_FromLoadingToSuspended_SaysHowItIs()
    {
        using IHost host = Build();
        HealthCheckService health = host.Services.GetRequiredService<HealthCheckService>();
        Assert.Equal(HealthStatus.Unhealthy, (await Check(health, IbkeHostingExtensions.ReadyTag)).Status);
        Assert.Equal(HealthStatus.Healthy, (await Check(health, IbkeHostingExtensions.LiveTag)).Status);

        await host.StartAsync();
        KnowledgeService knowledge = await host.Services.GetRequiredService<IbkeRuntime>().KnowledgeAsync();
        HealthReport ready = await Check(health, IbkeHostingExtensions.ReadyTag);
        Assert.Equal(HealthStatus.Healthy, ready.Status);
        Assert.Equal(0L, ready.Entries["ibke-journal"].Data["lag"]);

        await knowledge.SuspendAsync(_anna);
        Assert.Equal(HealthStatus.Degraded, (await Check(health, IbkeHostingExtensions.ReadyTag)).Status);
        await host.StopAsync();
    }

    [Fact]
    public async Task Health_JournalDamaged_IsNotLiveAndSaysWhy()
    {
        File.WriteAllText(_folder["edits.db"], new string('x', 5000));
        using IHost host = Build();
        host.Services.GetRequiredService<IOptions<HostOptions>>().Value.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.Ignore;
        await host.StartAsync();

        await Assert.ThrowsAnyAsync<IOException>(() => host.Services.GetRequiredService<IChatClient>().GetResponseAsync("Hello"));
        HealthReport live = await Check(host.Services.GetRequiredService<HealthCheckService>(), IbkeHostingExtensions.LiveTag);

        Assert.Equal(HealthStatus.Unhealthy, live.Status);
        Assert.Contains("no SQLite file", live.Entries["ibke-live"].Exception!.Message, StringComparison.Ordinal);
        await host.StopAsync();
    }

    [Fact]
    public async Task Stop_ReplyBeingMade_IsFinishedAndNewOnesAreRefused()
    {
        using IHost host = Build();
        await host.StartAsync();
        IChatClient chat = host.Services.GetRequiredService<IChatClient>();
        await using IAsyncEnumerator<ChatResponseUpdate> reply = chat.GetStreamingResponseAsync("Who is the CEO of Clear Energy?").GetAsyncEnumerator();
        Assert.True(await reply.MoveNextAsync());

        Task stopping = host.StopAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => chat.GetResponseAsync("Hello"));
        string text = reply.Current.Text;
        while (await reply.MoveNextAsync())
        {
            text += reply.Current.Text;
        }

        await stopping.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("Dario Osei", text);
    }

    [Fact]
    public async Task Stop_ReplyThatDoesNotEnd_IsCancelledWhenTheTimeIsOver()
    {
        using IHost host = Build(new() { ["Ibke:DrainTime"] = "00:00:00.2" });
        await host.StartAsync();
        IChatClient chat = host.Services.GetRequiredService<IChatClient>();
        await host.Services.GetRequiredService<IbkeRuntime>().Ready;
        await using IAsyncEnumerator<ChatResponseUpdate> reply = chat.GetStreamingResponseAsync("Who is the CEO of Clear Energy?").GetAsyncEnumerator();
        Assert.True(await reply.MoveNextAsync());

        await host.StopAsync().WaitAsync(TimeSpan.FromSeconds(30));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            while (await reply.MoveNextAsync())
            {
            }
        });
    }

    private static Task<HealthReport> Check(HealthCheckService health, string tag) => health.CheckHealthAsync(check => check.Tags.Contains(tag));

    private IHost Build(Dictionary<string, string?>? settings = null)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Ibke:Model"] = Atlas.Folder, ["Ibke:Journal:File"] = _folder["edits.db"] });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.AddIbke();
        return builder.Build();
    }
}
