using Ibke.Runtime.Constraints.Vocabulary;

namespace Ibke.Runtime.Constraints.Grammar;

/// <summary>What stands between the values of JSON. One space may follow a comma and a colon; there is no other white space.</summary>
internal sealed class Punctuation(TokenTrie trie)
{
    /// <summary>An opening brace.</summary>
    public ByteTerminal OpenObject { get; } = new(ByteAutomaton.OfTexts(["{"]), trie);

    /// <summary>A closing brace.</summary>
    public ByteTerminal CloseObject { get; } = new(ByteAutomaton.OfTexts(["}"]), trie);

    /// <summary>Both braces.</summary>
    public ByteTerminal EmptyObject { get; } = new(ByteAutomaton.OfTexts(["{}"]), trie);

    /// <summary>An opening bracket.</summary>
    public ByteTerminal OpenArray { get; } = new(ByteAutomaton.OfTexts(["["]), trie);

    /// <summary>A closing bracket.</summary>
    public ByteTerminal CloseArray { get; } = new(ByteAutomaton.OfTexts(["]"]), trie);

    /// <summary>Both brackets.</summary>
    public ByteTerminal EmptyArray { get; } = new(ByteAutomaton.OfTexts(["[]"]), trie);

    /// <summary>A comma.</summary>
    public ByteTerminal Comma { get; } = new(ByteAutomaton.OfTexts([","], optionalSpace: true), trie);

    /// <summary>A colon.</summary>
    public ByteTerminal Colon { get; } = new(ByteAutomaton.OfTexts([":"], optionalSpace: true), trie);

    /// <summary>A quote.</summary>
    public ByteTerminal Quote { get; } = new(ByteAutomaton.OfTexts(["\""]), trie);
}
