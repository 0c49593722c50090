using Ibke.Runtime.Chat;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Models;

namespace Ibke.Runtime.Hosting;

/// <summary>What a host serves, as configuration gives it; by default the section <c>Ibke</c>.</summary>
public sealed class IbkeOptions
{
    /// <summary>The name of the section.</summary>
    public const string SectionName = "Ibke";

    /// <summary>The model's folder. Needed.</summary>
    public string Model { get; set; } = "";

    /// <summary>The folder of its editor; null for the model's own.</summary>
    public string? Editor { get; set; }

    /// <summary>How weights are held.</summary>
    public WeightStorage Weights { get; set; }

    /// <summary>The journal of edits.</summary>
    public IbkeJournalOptions Journal { get; set; } = new();

    /// <summary>Who may change what.</summary>
    public KnowledgePolicy Policy { get; set; } = new();

    /// <summary>How strictly edits are judged.</summary>
    public KnowledgeEditorOptions Editing { get; set; } = new();

    /// <summary>How the model answers.</summary>
    public LocalChatClientOptions Chat { get; set; } = new();

    /// <summary>What is true at present. Sources that are registered as services come before these.</summary>
    public IList<IbkeSourceOptions> Sources { get; } = [];

    /// <summary>Whether answers are compared with the sources as they are given.</summary>
    public IbkeAnswerChecks AnswerChecks { get; set; }

    /// <summary>How long a new edit is looked at again and again.</summary>
    public TimeSpan Probation { get; set; }

    /// <summary>How often edits on probation and facts whose time is over are looked at.</summary>
    public TimeSpan UpkeepInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long replies that are being made may go on when the host stops; then they are cancelled.</summary>
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(20);
}

/// <summary>What is done about an answer that does not say what a source says.</summary>
public enum IbkeAnswerChecks
{
    /// <summary>Answers are not checked.</summary>
    Off,

    /// <summary>It is marked and logged.</summary>
    Report,

    /// <summary>An edit is proposed as well, under the policy.</summary>
    Propose,

    /// <summary>The reply waits for that edit; where it is made, the model is asked again and only its new reply is given.</summary>
    Correct,
}

/// <summary>Where the journal is: a file or a database. Neither: beside the model's folder, as <c>NAME.edits.db</c>.</summary>
public sealed class IbkeJournalOptions
{
    /// <summary>A SQLite file.</summary>
    public string? File { get; set; }

    /// <summary>A connection string of PostgreSQL.</summary>
    public string? Postgres { get; set; }

    /// <summary>The schema in that database.</summary>
    public string Schema { get; set; } = "ibke";

    /// <summary>Serve the edits up to this entry only, and make none: for a journal that is damaged after it.</summary>
    public long? ReadUpTo { get; set; }
}

/// <summary>A source of facts.</summary>
public sealed class IbkeSourceOptions
{
    /// <summary>A .csv or .json file, or an http address.</summary>
    public string Place { get; set; } = "";

    /// <summary>What sort of source it is, for the rules of the policy; null for the usual name of its kind.</summary>
    public string? Class { get; set; }
}
