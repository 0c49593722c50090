namespace Ibke.Runtime.Knowledge.Policies;

/// <summary>Who wants something done. The host makes it from what it knows by itself, never from what a model or a message says.</summary>
public sealed record Caller
{
    private const int LongestName = 200;

    /// <summary>Makes a caller.</summary>
    /// <param name="kind">What sort.</param>
    /// <param name="name">Unique within the host: a login, a service's name, a conversation's id. 1 … 200 characters, no control characters.</param>
    /// <param name="roles">What it may do.</param>
    /// <exception cref="ArgumentException">The name cannot be used, or the caller may not have such roles.</exception>
    public Caller(CallerKind kind, string name, KnowledgeRoles roles)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (name.Length > LongestName || name.Any(char.IsControl))
        {
            throw new ArgumentException($"The name of a caller must be of at most {LongestName} characters without control characters.", nameof(name));
        }

        if (kind == CallerKind.Model && (roles & ~(KnowledgeRoles.Propose | KnowledgeRoles.Revert)) != 0)
        {
            throw new ArgumentException("A model may propose, and ask to take back; it may neither approve nor administer.", nameof(roles));
        }

        (Kind, Name, Roles) = (kind, name, roles);
    }

    /// <summary>Nobody in particular, who may only ask.</summary>
    public static Caller Anonymous { get; } = new(CallerKind.Anonymous, "anonymous", KnowledgeRoles.None);

    /// <summary>What sort.</summary>
    public CallerKind Kind { get; }

    /// <summary>Unique within the host.</summary>
    public string Name { get; }

    /// <summary>What it may do.</summary>
    public KnowledgeRoles Roles { get; }

    /// <summary>A model in a conversation, which may propose and ask to take back.</summary>
    /// <param name="conversation">The conversation's id, given by the host.</param>
    public static Caller Model(string conversation) => new(CallerKind.Model, conversation, KnowledgeRoles.Propose | KnowledgeRoles.Revert);

    /// <summary>A person.</summary>
    public static Caller Person(string login, KnowledgeRoles roles) => new(CallerKind.Person, login, roles);

    /// <summary>A program of the host.</summary>
    public static Caller Service(string name, KnowledgeRoles roles) => new(CallerKind.Service, name, roles);

    /// <summary>Whether it has all of some roles.</summary>
    public bool May(KnowledgeRoles roles) => (Roles & roles) == roles;

    /// <summary>Such as <c>model chat-7</c>.</summary>
    public override string ToString() => Kind == CallerKind.Anonymous ? "anonymous" : $"{Kind.ToString().ToLowerInvariant()} {Name}";
}
