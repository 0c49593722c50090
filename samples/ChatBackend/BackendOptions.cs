namespace Ibke.Samples.ChatBackend;

/// <summary>The section <c>Backend</c> of the configuration.</summary>
public sealed class BackendOptions
{
    /// <summary>The name of the section.</summary>
    public const string SectionName = "Backend";

    /// <summary>Who may call. None: only local callers, who may do everything.</summary>
    public IList<KeyOptions> Keys { get; } = [];

    /// <summary>How much is taken on at once.</summary>
    public LimitOptions Limits { get; set; } = new();
}

/// <summary>A key, by its hash. The key itself is known to its owner only.</summary>
public sealed class KeyOptions
{
    /// <summary>Who uses it; unique.</summary>
    public string Name { get; set; } = "";

    /// <summary>What it may do: <c>chat</c>, <c>propose</c>, <c>approve</c>, <c>revert</c>, <c>administer</c>.</summary>
    public IList<string> Roles { get; } = [];

    /// <summary>SHA-256 of the key in UTF-8, in hexadecimal.</summary>
    public string Hash { get; set; } = "";
}

/// <summary>How much is taken on at once.</summary>
public sealed class LimitOptions
{
    /// <summary>Replies that are made at the same time, in one batch: each takes memory for its context. Default 32.</summary>
    public int MaxRunning { get; set; } = 32;

    /// <summary>Requests that wait for their turn. Default 64.</summary>
    public int MaxWaiting { get; set; } = 64;

    /// <summary>Requests of one caller that wait. Default 16.</summary>
    public int MaxWaitingPerCaller { get; set; } = 16;

    /// <summary>The most tokens of a reply, whatever a request asks for. Default 2048.</summary>
    public int MaxTokens { get; set; } = 2048;

    /// <summary>Connections that are open at the same time. Many, so that idle ones keep nobody out. Default 4096.</summary>
    public int MaxConnections { get; set; } = 4096;
}
