namespace Ibke.Runtime.Knowledge.Policies;

/// <summary>What sort of somebody a caller is.</summary>
public enum CallerKind
{
    /// <summary>Nobody knows who.</summary>
    Anonymous,

    /// <summary>A language model in a conversation. Whatever was typed or retrieved there is no authority.</summary>
    Model,

    /// <summary>A program of the host, such as a maintenance bot.</summary>
    Service,

    /// <summary>A person whom the host has identified.</summary>
    Person,
}
