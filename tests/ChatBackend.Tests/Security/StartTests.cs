using System.Text.Json;
using Ibke.Samples.ChatBackend.Commands;
using Ibke.Samples.ChatBackend.Security;
using Microsoft.Extensions.Options;

namespace Ibke.Samples.ChatBackend.Tests.Security;

/// <summary>What the process does not start with, and how keys are made.</summary>
public sealed class StartTests
{
    [Theory]
    [InlineData("--urls", "http://0.0.0.0:0")]
    [InlineData("--urls", "http://127.0.0.1:0;http://*:0")]
    [InlineData("--urls", "http://+:0")]
    [InlineData("--urls", "http://[::]:0")]
    [InlineData("--urls", "http://192.168.1.7:0")]
    [InlineData("--urls", "http://localhost.example:0")]
    [InlineData("--http_ports", "0")]
    [InlineData("--Kestrel:Endpoints:Http:Url", "http://0.0.0.0:0")]
    public void Build_OpenAddressWithoutKeys_IsRefused(string key, string value)
    {
        BackendException error = Assert.Throws<BackendException>(() => Backend.Build([key, value]));

        Assert.Contains("no keys are configured", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_OpenAddressWithKeys_IsTaken()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync(["--urls", "http://*:0", .. RunningBackend.Key(0, "anna", "anna-key", "chat")]);

        Assert.Equal("Healthy", await backend.Client.GetStringAsync("health/live"));
    }

    [Theory]
    [InlineData("http://localhost:0")]
    [InlineData("http://[::1]:0")]
    [InlineData("http://127.0.0.2:0")]
    public async Task Build_LocalAddressWithoutKeys_IsTaken(string address)
    {
        await using Microsoft.AspNetCore.Builder.WebApplication application = Backend.Build(["--urls", address]);

        Assert.NotNull(application);
    }

    [Theory]
    [InlineData("--Backend:Limits:MaxRunning", "0")]
    [InlineData("--Backend:Keys:0:Name", "anna")]
    [InlineData("--Backend:Limits:MaxTokens", "-3")]
    public void Build_SettingOfNoUse_SaysWhich(string key, string value)
    {
        OptionsValidationException error = Assert.Throws<OptionsValidationException>(() => Backend.Build([key, value]));

        Assert.Contains("Backend:", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("key")]
    [InlineData("--Ibke:Model", "/no/such/folder")]
    [InlineData("--Ibke:Nonsense", "1")]
    [InlineData("--Backend:Nonsense", "1")]
    [InlineData("--Backend:Limits:MaxRunning", "many")]
    [InlineData("mcp", "--Ibke:Model", "/no/such/folder")]
    public async Task Run_WhatCannotBeStarted_FailsWithoutAnException(params string[] args) =>
        Assert.Equal(1, await Application.RunAsync([.. args, .. args is ["key"] ? Array.Empty<string>() : ["--urls", "http://127.0.0.1:0"]]));

    [Fact]
    public void Build_TwoKeysOfOneName_IsRefused()
    {
        OptionsValidationException error = Assert.Throws<OptionsValidationException>(() => Backend.Build(
            [.. RunningBackend.Key(0, "anna", "one", "chat"), .. RunningBackend.Key(1, "Anna", "two", "chat")]));

        Assert.Contains("twice", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Key_NameAndRoles_PrintsKeyAndItsHash()
    {
        StringWriter output = new();
        KeyCommand.Run(["anna", "chat,propose"], output);
        string[] lines = output.ToString().Split('\n', 3);
        string key = lines[0].Split(' ')[^1].Trim();
        JsonElement entry = JsonElement.Parse(lines[2]);

        Assert.StartsWith("ibke-", key, StringComparison.Ordinal);
        Assert.Equal(KeyRing.HashOf(key), entry.GetProperty("Hash").GetString());
        Assert.Equal(["chat", "propose"], entry.GetProperty("Roles").EnumerateArray().Select(role => role.GetString()));
    }

    [Theory]
    [InlineData]
    [InlineData("anna")]
    [InlineData("anna", "king")]
    [InlineData("anna", "chat", "more")]
    public void Key_ArgumentsOfNoUse_SaysHow(params string[] args) =>
        Assert.Contains("key anna chat,propose", Assert.Throws<BackendException>(() => KeyCommand.Run(args, TextWriter.Null)).Message, StringComparison.Ordinal);
}
