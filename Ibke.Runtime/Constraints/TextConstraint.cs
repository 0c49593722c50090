using System.Runtime.CompilerServices;
using System.Text.Json;
using Ibke.Runtime.Constraints.Automata;
using Ibke.Runtime.Constraints.Grammar;
using Ibke.Runtime.Constraints.Parsing;
using Ibke.Runtime.Constraints.Schemas;
using Ibke.Runtime.Constraints.Vocabulary;
using Ibke.Runtime.Tokenization;

namespace Ibke.Runtime.Constraints;

/// <summary>
/// What a generated text has to look like. Before each token those that cannot lead to such a text are ruled out; a generation with a constraint ends
/// when its text is complete, always within its limit of tokens.
/// </summary>
/// <remarks>
/// Immutable and thread-safe. What is found out while generating, for each tokenizer, is kept with the constraint in bounded memory: use one
/// constraint for many generations. <c>docs/structured-output.md</c> says which schemas are supported and how JSON is written.
/// </remarks>
public sealed class TextConstraint
{
    private const int MostExplained = 10_000;

    private readonly ConditionalWeakTable<TokenVocabulary, Lazy<CompiledGrammar>> _compiled = [];
    private readonly Func<TokenVocabulary, TerminalFactory, GrammarNode> _build;
    private readonly string[] _marks;

    /// <summary>Makes a constraint.</summary>
    /// <param name="build">Makes its grammar.</param>
    /// <param name="marks">Texts in it that may be written as special tokens.</param>
    internal TextConstraint(Func<TokenVocabulary, TerminalFactory, GrammarNode> build, params string[] marks)
    {
        _build = build;
        _marks = marks;
    }

    /// <summary>Any JSON object.</summary>
    public static TextConstraint Json { get; } = JsonSchema(SchemaDocument.AnyObject.Json);

    /// <summary>A JSON value that satisfies a schema. The schema is checked when the first generation starts.</summary>
    /// <param name="schema">A schema of the supported subset; it is copied.</param>
    public static TextConstraint JsonSchema(JsonElement schema)
    {
        JsonElement copy = schema.Clone();
        return new TextConstraint((vocabulary, terminals) => SchemaGrammar.Of(copy, vocabulary, terminals));
    }

    /// <summary>One of some texts.</summary>
    /// <param name="texts">At least one, none of them empty.</param>
    public static TextConstraint Choice(params IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        string[] copy = [.. texts];
        return copy.Length > 0 && !copy.Any(string.IsNullOrEmpty)
            ? new TextConstraint((_, terminals) => terminals.OneOf(copy))
            : throw new ArgumentException("At least one text is needed, and none may be empty.", nameof(texts));
    }

    /// <summary>A text in which an expression matches; <c>^</c> and <c>$</c> tie it to the ends.</summary>
    /// <param name="expression">In the syntax of JSON Schema's <c>pattern</c>, of the supported subset.</param>
    /// <exception cref="FormatException">It is not well-formed, asks for what is not supported, or is too large.</exception>
    public static TextConstraint Pattern(string expression)
    {
        ArgumentNullException.ThrowIfNull(expression);
        CodePointAutomaton automaton = SchemaPattern.Read(expression);
        return new TextConstraint((_, terminals) => terminals.Text(automaton));
    }

    /// <summary>The constraint for a model; compiled once.</summary>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="vocabularySize">The number of its logits.</param>
    /// <param name="endIds">The tokens that end a reply.</param>
    /// <exception cref="JsonSchemaException">The schema cannot be followed.</exception>
    /// <exception cref="NotSupportedException">The vocabulary has no tokens for a character that the text needs.</exception>
    internal CompiledGrammar Compile(Tokenizer tokenizer, int vocabularySize, IReadOnlySet<int> endIds)
    {
        TokenVocabulary vocabulary = TokenVocabulary.Of(tokenizer, vocabularySize, endIds, _marks);
        return _compiled.GetValue(vocabulary, key => new Lazy<CompiledGrammar>(() => Compile(key))).Value;
    }

    private CompiledGrammar Compile(TokenVocabulary vocabulary)
    {
        GrammarNode root = _build(vocabulary, new TerminalFactory(vocabulary.Trie));
        CompiledGrammar grammar = new(root, vocabulary);
        return root.Cost < GrammarNode.Impossible && grammar.LeastTokens < GrammarNode.Impossible ? grammar : throw Explain(vocabulary);
    }

    // With a token for every byte it shows whether the texts or the tokens are at fault.
    private Exception Explain(TokenVocabulary vocabulary)
    {
        TokenVocabulary bytes = TokenVocabulary.OfBytes();
        GrammarNode root = _build(bytes, new TerminalFactory(bytes.Trie));
        if (root.Cost >= GrammarNode.Impossible)
        {
            return new JsonSchemaException("#", null, $"no value satisfies it that is nested at most {SchemaCompiler.MostDepth} deep");
        }

        string text = ShortestText(new ParserCache(bytes).Begin(root));
        string? missing = text.EnumerateRunes().Select(rune => rune.ToString())
            .FirstOrDefault(rune => new ByteTerminal(ByteAutomaton.OfTexts([rune]), vocabulary.Trie).Cost >= GrammarNode.Impossible);
        return new NotSupportedException(missing is null
            ? "The model's vocabulary has no tokens with which a text of the constraint can be written."
            : $"The constraint needs the character '{missing}' (U+{char.ConvertToUtf32(missing, 0):X4}), for which the model's vocabulary has no tokens.");
    }

    private static string ShortestText(ParserState state)
    {
        List<byte> text = [];
        while (!state.IsComplete && text.Count < MostExplained)
        {
            byte next = (byte)Enumerable.Range(0, 256).First(value => !state.Next((byte)value).IsDead && state.Next((byte)value).Cost < state.Cost);
            text.Add(next);
            state = state.Next(next);
        }

        return System.Text.Encoding.UTF8.GetString([.. text]);
    }
}
