using Ibke.Samples.KnowledgeMaintenanceBot.Sources;

namespace Ibke.Samples.KnowledgeMaintenanceBot;

/// <summary>What the bot is told on the command line; the rest is in the section <c>Ibke</c> of the configuration.</summary>
internal sealed record BotOptions
{
    /// <summary>How long it goes on.</summary>
    public BotMode Mode { get; init; }

    /// <summary>The sources. Those of the configuration come after them.</summary>
    public IReadOnlyList<SourcePlace> Sources { get; init; } = [];

    /// <summary>The model's folder; null for that of the configuration, and without one the embedded model.</summary>
    public string? Model { get; init; }

    /// <summary>A file, or a connection string of PostgreSQL; null for the journal of the configuration.</summary>
    public string? Journal { get; init; }

    /// <summary>A policy as the commands read it; null for that of the configuration.</summary>
    public string? Policy { get; init; }

    /// <summary>A file that gets a line of JSON for every pass; null for none.</summary>
    public string? Report { get; init; }

    /// <summary>How often addresses and databases are asked. Positive, default 5 s. Files are looked at twice a second.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether events are written as lines. Default: a live view.</summary>
    public bool Plain { get; init; }
}

/// <summary>How long the bot goes on.</summary>
internal enum BotMode
{
    /// <summary>Until the demonstration is over.</summary>
    Demonstration,

    /// <summary>For one pass.</summary>
    Once,

    /// <summary>Until it is stopped.</summary>
    Watch,
}
