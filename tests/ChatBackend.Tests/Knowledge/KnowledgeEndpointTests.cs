using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Ibke.Samples.ChatBackend.Tests.Knowledge;

/// <summary>The endpoints under <c>/api/knowledge</c>.</summary>
public sealed class KnowledgeEndpointTests
{
    private const string Question = "Where was Leona Zeller born?";

    private static readonly string[] _twoKeys =
    [
        .. RunningBackend.Key(0, "anna", "anna-key", "chat", "propose", "approve", "revert"),
        .. RunningBackend.Key(1, "bert", "bert-key", "approve"),
        "--Ibke:Policy:Approvals:0:Facts:Question", "*Salana*", "--Ibke:Policy:Approvals:0:Approvers", "1",
        "--Ibke:Policy:Protected:0:Subject", "Clear Energy",
    ];

    [Fact]
    public async Task Proposal_Applied_ChangesTheNextAnswerUntilReverted()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync();
        Assert.Equal("Tamfield", await backend.AskAsync(Question));

        (HttpStatusCode status, JsonElement result) = await PostAsync(backend.Client, "proposals", new { question = Question, answer = "Belford", reason = "a test" });
        JsonElement edit = Assert.Single((await StateAsync(backend.Client)).GetProperty("edits").EnumerateArray());
        string after = await backend.AskAsync(Question);
        (HttpStatusCode unchanged, _) = await PostAsync(backend.Client, "proposals", new { question = Question, answer = "Belford" });
        (HttpStatusCode reverted, _) = await PostAsync(backend.Client, "edits/e1/revert", new { reason = "a test" });

        Assert.Equal((HttpStatusCode.OK, "applied", "e1"), (status, result.GetProperty("status").GetString(), result.GetProperty("id").GetString()));
        Assert.Equal(
            ["id", "question", "answer", "answer_before", "subject", "source", "requester", "approved_by", "published_at", "reliability", "generality", "locality", "drift", "bytes", "valid_until"],
            edit.EnumerateObject().Select(property => property.Name));
        Assert.Equal(("Belford", HttpStatusCode.OK, HttpStatusCode.OK), (after, unchanged, reverted));
        Assert.Equal("Tamfield", await backend.AskAsync(Question));
    }

    [Fact]
    public async Task Proposal_ThatNeedsApproval_WaitsForASecondKey()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync(_twoKeys);
        using HttpClient anna = backend.With("anna-key");
        using HttpClient bert = backend.With("bert-key");

        (HttpStatusCode waits, JsonElement proposal) = await PostAsync(anna, "proposals", new { question = "Who is the mayor of Salana?", answer = "Anders Duarte" });
        JsonElement pending = Assert.Single((await StateAsync(bert)).GetProperty("pending").EnumerateArray());
        string id = proposal.GetProperty("id").GetString()!;
        (HttpStatusCode own, _) = await PostAsync(anna, $"proposals/{id}/approve", new { });
        (HttpStatusCode others, JsonElement made) = await PostAsync(bert, $"proposals/{id}/approve", new { });
        (HttpStatusCode again, _) = await PostAsync(bert, $"proposals/{id}/approve", new { });

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Forbidden, HttpStatusCode.OK, HttpStatusCode.NotFound), (waits, own, others, again));
        Assert.Equal((id, "person anna", 1), (pending.GetProperty("id").GetString(), pending.GetProperty("proposed_by").GetString(), pending.GetProperty("approvals_needed").GetInt32()));
        Assert.Equal("applied", made.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Approve_WhatTheModelProposedInOnesOwnChat_IsRefused()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync(_twoKeys);
        using HttpClient anna = backend.With("anna-key");
        await anna.PostAsJsonAsync("v1/chat/completions", new
        {
            model = "atlas+knowledge",
            messages = new[]
            {
                new { role = "user", content = "Who is the mayor of Salana?" },
                new { role = "assistant", content = "Quentin Sato" },
                new { role = "user", content = "That's wrong. It's Anders Duarte." },
            },
        });
        JsonElement pending = Assert.Single((await StateAsync(anna)).GetProperty("pending").EnumerateArray());

        (HttpStatusCode status, _) = await PostAsync(anna, $"proposals/{pending.GetProperty("id").GetString()}/approve", new { });

        Assert.Equal(("model anna", HttpStatusCode.Forbidden), (pending.GetProperty("proposed_by").GetString(), status));
    }

    [Fact]
    public async Task Proposal_Declined_WaitsNoMore()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync(_twoKeys);
        using HttpClient anna = backend.With("anna-key");
        (_, JsonElement proposal) = await PostAsync(anna, "proposals", new { question = "Who is the mayor of Salana?", answer = "Anders Duarte" });

        (HttpStatusCode status, JsonElement result) = await PostAsync(anna, $"proposals/{proposal.GetProperty("id").GetString()}/decline", new { reason = "a mistake" });

        Assert.Equal((HttpStatusCode.OK, "declined"), (status, result.GetProperty("status").GetString()));
        Assert.Empty((await StateAsync(anna)).GetProperty("pending").EnumerateArray());
    }

    [Fact]
    public async Task Proposal_OfAProtectedFact_Is403WithTheRule()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync(_twoKeys);
        using HttpClient anna = backend.With("anna-key");

        (HttpStatusCode status, JsonElement result) = await PostAsync(anna, "proposals", new { question = "Who runs Clear Energy?", answer = "Zora Palmer" });

        Assert.Equal((HttpStatusCode.Forbidden, "refused", "protected"), (status, result.GetProperty("status").GetString(), result.GetProperty("rule").GetString()));
    }

    [Fact]
    public async Task Proposal_JudgedUnfit_Is422()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync("--Ibke:Editing:MaximumDrift", "0");

        (HttpStatusCode status, JsonElement result) = await PostAsync(backend.Client, "proposals", new { question = Question, answer = "Belford" });

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "rejected"), (status, result.GetProperty("status").GetString()));
    }

    [Fact]
    public async Task Suspend_AndResume_SwitchAllEdits()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync();
        await PostAsync(backend.Client, "proposals", new { question = "Where is Jade Foods headquartered?", answer = "Tamfield" });

        using HttpResponseMessage suspended = await backend.Client.PostAsync("api/knowledge/suspend", RunningBackend.Body(""));
        string without = await backend.AskAsync("Where is Jade Foods headquartered?");
        bool isSuspended = (await StateAsync(backend.Client)).GetProperty("suspended").GetBoolean();
        await PostAsync(backend.Client, "resume", new { });

        Assert.Equal((HttpStatusCode.OK, "Selmouth", true), (suspended.StatusCode, without, isSuspended));
        Assert.Equal("Tamfield", await backend.AskAsync("Where is Jade Foods headquartered?"));
    }

    [Fact]
    public async Task Sweep_WithTheDirectory_FindsStaleFactsAndProposes()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync();

        (HttpStatusCode status, JsonElement report) = await PostAsync(backend.Client, "sweep", new { propose = true });
        (_, JsonElement verified) = await PostAsync(backend.Client, "verify", new { question = "Who is the mayor of Salana?" });

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains(report.GetProperty("found").EnumerateArray(), fact => fact.GetProperty("outcome").GetString() == "applied");
        Assert.Equal("""{"status":"current","answer":"Anders Duarte"}""", verified.GetRawText());
    }

    [Fact]
    public async Task Sweep_WithoutSource_Is400()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync("--Ibke:Model", Path.Combine(AppContext.BaseDirectory, "atlas"));

        (HttpStatusCode status, JsonElement result) = await PostAsync(backend.Client, "sweep", new { });

        Assert.Equal((HttpStatusCode.BadRequest, "no_source"), (status, result.GetProperty("error").GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Sweep_WhileAnotherSweeps_Is409()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync();
        Task<(HttpStatusCode Status, JsonElement Body)>[] sweeps = [.. Enumerable.Range(0, 3).Select(_ => PostAsync(backend.Client, "sweep", new { }))];

        HttpStatusCode[] statuses = [.. (await Task.WhenAll(sweeps)).Select(sweep => sweep.Status)];

        Assert.Contains(HttpStatusCode.OK, statuses);
        Assert.Contains(HttpStatusCode.Conflict, statuses);
    }

    private static async Task<JsonElement> StateAsync(HttpClient client) => await client.GetFromJsonAsync<JsonElement>("api/knowledge/state");

    private static async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(HttpClient client, string path, object body)
    {
        using HttpResponseMessage response = await client.PostAsJsonAsync($"api/knowledge/{path}", body);
        return (response.StatusCode, await RunningBackend.ReadAsync(response));
    }
}
