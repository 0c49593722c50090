using Ibke.Runtime.Constraints.Automata;
using Ibke.Runtime.Constraints.Vocabulary;

namespace Ibke.Runtime.Constraints.Grammar;

/// <summary>Makes the terminals of a grammar for a vocabulary, equal ones once. Belongs to one thread.</summary>
internal sealed class TerminalFactory
{
    private static readonly CharacterAutomaton _anyCharacter = new(CodePointClasses.One, escaped: true);
    private static readonly CodePointAutomaton _anyText = CodePointAutomaton.OfLength(0, int.MaxValue);

    private readonly TokenTrie _trie;
    private readonly Dictionary<string, ByteTerminal> _texts = [];
    private readonly Dictionary<(int, int), TextTerminal> _strings = [];
    private readonly CharacterCosts _anyCosts;

    /// <summary>Begins a grammar.</summary>
    public TerminalFactory(TokenTrie trie)
    {
        _trie = trie;
        Punctuation = new Punctuation(trie);
        _anyCosts = new CharacterCosts(_anyCharacter, 1, trie);
    }

    /// <summary>Braces, brackets, commas and colons.</summary>
    public Punctuation Punctuation { get; }

    /// <summary>One of some texts, each perhaps with one space behind it.</summary>
    public ByteTerminal OneOf(IReadOnlyCollection<string> texts, bool optionalSpace = false)
    {
        string key = $"{optionalSpace} {string.Join('\0', texts)}";
        if (!_texts.TryGetValue(key, out ByteTerminal? terminal))
        {
            terminal = new ByteTerminal(ByteAutomaton.OfTexts(texts, optionalSpace), _trie);
            _texts[key] = terminal;
        }

        return terminal;
    }

    /// <summary>Any text, as far as a mark.</summary>
    public FreeTextTerminal FreeText(string mark, MarkPlace place) => new(mark, place, _trie);

    /// <summary>The texts of an automaton over ASCII characters.</summary>
    public ByteTerminal Ascii(CodePointAutomaton automaton) => new(ByteAutomaton.OfAscii(automaton), _trie);

    /// <summary>A JSON string of any characters, within a length.</summary>
    public TextTerminal String(int least = 0, int most = int.MaxValue)
    {
        if (!_strings.TryGetValue((least, most), out TextTerminal? terminal))
        {
            terminal = new TextTerminal(_anyText, _anyCharacter, _anyCosts, Punctuation.Quote.Cost, least, most);
            _strings[(least, most)] = terminal;
        }

        return terminal;
    }

    /// <summary>A JSON string of the characters that an automaton accepts.</summary>
    public TextTerminal String(CodePointAutomaton automaton)
    {
        CharacterAutomaton characters = new(automaton.Classes, escaped: true);
        return new TextTerminal(automaton, characters, new CharacterCosts(characters, automaton.Classes.Count, _trie), Punctuation.Quote.Cost);
    }

    /// <summary>A plain text that an automaton accepts.</summary>
    public TextTerminal Text(CodePointAutomaton automaton)
    {
        CharacterAutomaton characters = new(automaton.Classes, escaped: false);
        return new TextTerminal(automaton, characters, new CharacterCosts(characters, automaton.Classes.Count, _trie), quoteCost: null);
    }
}
