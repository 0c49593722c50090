using System.Text.Json;
using Ibke.Runtime.Constraints.Automata;
using Ibke.Runtime.Constraints.Grammar;
using Ibke.Runtime.Constraints.Parsing;
using Ibke.Runtime.Constraints.Vocabulary;

namespace Ibke.Runtime.Constraints.Schemas;

/// <summary>
/// Turns a schema into a grammar. A schema is compiled anew for every depth at which it occurs, so that a grammar has no circles and no text of it
/// is nested deeper than readers of JSON follow. Belongs to one thread.
/// </summary>
internal sealed class SchemaCompiler
{
    /// <summary>How deep arrays and objects may be nested; readers of .NET follow 64, and a call has some around its arguments.</summary>
    public const int MostDepth = 60;

    private const int MostNodes = 50_000;
    private const int MostProperties = 100_000;
    private const int MostFixedBytes = 1 << 20;
    private const long MostTransitions = 1_000_000;

    private static readonly (JsonTypes Type, string[] Texts)[] _words = [(JsonTypes.Null, ["null"]), (JsonTypes.Boolean, ["true", "false"])];

    private readonly SchemaDocument _document;
    private readonly TokenVocabulary _vocabulary;
    private readonly TerminalFactory _terminals;
    private readonly Dictionary<(string Parts, int Depth), GrammarNode> _nodes = [];
    private readonly Dictionary<string, GrammarNode> _scalars = [];
    private readonly GrammarNode _impossible = new ChoiceNode([]);
    private long _properties;
    private long _transitions;

    /// <summary>Begins.</summary>
    public SchemaCompiler(SchemaDocument document, TokenVocabulary vocabulary, TerminalFactory terminals)
    {
        _document = document;
        _vocabulary = vocabulary;
        _terminals = terminals;
    }

    /// <summary>Compiles the whole schema.</summary>
    /// <exception cref="JsonSchemaException">It cannot be followed.</exception>
    public GrammarNode Compile() => Compile([_document.Root], 1);

    /// <summary>Compiles the whole schema for values that are objects, whatever else it allows.</summary>
    /// <exception cref="JsonSchemaException">It cannot be followed.</exception>
    public GrammarNode CompileObject() => Compile([_document.Root, SchemaDocument.AnyObject], 1);

    /// <summary>Compiles a property that the schema declares.</summary>
    /// <exception cref="JsonSchemaException">It cannot be followed.</exception>
    public GrammarNode CompileProperty(string name) =>
        Compile([_document.Root.GetNamedSchemas("properties")!.First(property => property.Name == name).Schema], 1);

    private GrammarNode Compile(IEnumerable<SchemaPart> schemas, int depth)
    {
        SchemaPart[] parts = [.. schemas.DistinctBy(part => part.Path)];
        (string, int) key = (string.Join('\n', parts.Select(part => part.Path)), depth);
        if (!_nodes.TryGetValue(key, out GrammarNode? node))
        {
            if (_nodes.Count >= MostNodes)
            {
                throw _document.Root.Wrong(null, $"it takes more than {MostNodes} parts, counting each for every depth at which it may occur");
            }

            GrammarNode[] alternatives = [.. _document.Alternatives(parts).Select(all => CompilePlain(all, depth)).Where(one => one.Cost < GrammarNode.Impossible)];
            node = alternatives.Length == 1 ? alternatives[0] : new ChoiceNode(alternatives);
            _nodes[key] = node;
        }

        return node;
    }

    private GrammarNode CompilePlain(IReadOnlyList<SchemaPart> parts, int depth)
    {
        SchemaFacts facts = new(parts);
        return facts.Values is null ? CompileTypes(facts, parts, depth) : CompileValues(facts, parts, depth);
    }

    private GrammarNode CompileTypes(SchemaFacts facts, IReadOnlyList<SchemaPart> parts, int depth)
    {
        List<GrammarNode> nodes = [];
        string[] words = [.. _words.Where(word => facts.Types.HasFlag(word.Type)).SelectMany(word => word.Texts)];
        if (words.Length > 0)
        {
            nodes.Add(_terminals.OneOf(words));
        }

        if ((facts.Types & JsonTypes.Number) != 0)
        {
            nodes.Add(CompileNumber(facts, parts));
        }

        if (facts.Types.HasFlag(JsonTypes.String))
        {
            nodes.Add(CompileString(facts, parts));
        }

        if (facts.Types.HasFlag(JsonTypes.Array))
        {
            nodes.Add(depth > MostDepth ? _impossible : CompileArray(facts, parts, depth));
        }

        if (facts.Types.HasFlag(JsonTypes.Object))
        {
            nodes.Add(depth > MostDepth ? _impossible : CompileProperties(parts, depth));
        }

        nodes.RemoveAll(node => node.Cost >= GrammarNode.Impossible);
        return nodes.Count == 1 ? nodes[0] : new ChoiceNode(nodes);
    }

    /// <summary>Those of the values that everything else in the schema lets pass.</summary>
    private GrammarNode CompileValues(SchemaFacts facts, IReadOnlyList<SchemaPart> parts, int depth)
    {
        JsonElement[] values = [.. facts.Values!.Where(value => (TypeOf(value, parts) & facts.Types) != 0)];
        HashSet<string> texts = [.. values.Select(JsonValueText.Of)];
        if (texts.Sum(text => (long)text.Length) > MostFixedBytes)
        {
            throw parts[0].Wrong("enum", $"its values are longer than {MostFixedBytes} characters together");
        }

        if (facts.HasMore)
        {
            ParserState begin = new ParserCache(_vocabulary).Begin(CompileTypes(facts, parts, depth));
            texts.RemoveWhere(text => !ConstraintRun.Walk(begin, System.Text.Encoding.UTF8.GetBytes(text)).IsComplete);
        }

        return texts.Count == 0 ? _impossible : _terminals.OneOf(texts);
    }

    private static JsonTypes TypeOf(JsonElement value, IReadOnlyList<SchemaPart> parts) => value.ValueKind switch
    {
        JsonValueKind.Null => JsonTypes.Null,
        JsonValueKind.True or JsonValueKind.False => JsonTypes.Boolean,
        JsonValueKind.String => JsonTypes.String,
        JsonValueKind.Array => JsonTypes.Array,
        JsonValueKind.Object => JsonTypes.Object,
        _ => IsInteger(value, parts) ? JsonTypes.Integer : JsonTypes.Fraction,
    };

    private static bool IsInteger(JsonElement number, IReadOnlyList<SchemaPart> parts)
    {
        try
        {
            return ExactDecimal.Parse(number.GetRawText()).IsInteger;
        }
        catch (FormatException failure)
        {
            string keyword = parts.Any(static part => part.Has("enum")) ? "enum" : "const";
            throw parts.First(part => part.Has(keyword)).Wrong(keyword, failure.Message);
        }
    }

    private GrammarNode CompileNumber(SchemaFacts facts, IReadOnlyList<SchemaPart> parts)
    {
        bool onlyIntegers = !facts.Types.HasFlag(JsonTypes.Fraction);
        return Scalar($"number {onlyIntegers} {facts.LeastNumber} {facts.MostNumber}", () => Explain(parts, facts.LeastNumber is null ? "maximum" : "minimum", () =>
            _terminals.Ascii(onlyIntegers
                ? NumberLanguage.Integers(facts.LeastNumber, facts.MostNumber)
                : NumberLanguage.Numbers(facts.LeastNumber, facts.MostNumber))));
    }

    private GrammarNode CompileString(SchemaFacts facts, IReadOnlyList<SchemaPart> parts)
    {
        (SchemaPart Part, string Keyword, string Text)[] forms =
        [
            .. from part in parts
            from keyword in new[] { "pattern", "format" }
            let text = part.GetText(keyword)
            where text is not null && (keyword == "pattern" || StringFormats.Find(text) is not null)
            select (part, keyword, text),
        ];
        if (facts.LeastLength > facts.MostLength)
        {
            return _impossible;
        }

        if (forms.Length == 0)
        {
            return _terminals.String(facts.LeastLength, facts.MostLength);
        }

        string key = $"string {facts.LeastLength} {facts.MostLength} {string.Join('\n', forms.Select(form => $"{form.Keyword} {form.Text}"))}";
        return Scalar(key, () => Explain([forms[0].Part], forms[0].Keyword, () =>
        {
            IEnumerable<CodePointAutomaton> automata = forms.Select(form =>
                form.Keyword == "format" ? StringFormats.Find(form.Text)! : SchemaPattern.Read(form.Text));
            if (facts.LeastLength > 0 || facts.MostLength < int.MaxValue)
            {
                automata = automata.Append(CodePointAutomaton.OfLength(facts.LeastLength, facts.MostLength));
            }

            CodePointAutomaton automaton = automata.Aggregate((all, next) => all.Intersect(next));
            _transitions += automaton.Transitions;
            return _transitions <= MostTransitions ? _terminals.String(automaton)
                : throw new FormatException("together with the patterns before it, it takes too many states to follow");
        }));
    }

    private ArrayNode CompileArray(SchemaFacts facts, IReadOnlyList<SchemaPart> parts, int depth)
    {
        IReadOnlyList<SchemaPart>[] prefixes = [.. parts.Select(part => part.GetSchemas("prefixItems") ?? [])];
        SchemaPart?[] items =
        [
            .. parts.Select(part => part.Get("items") is { ValueKind: JsonValueKind.Array }
                ? throw part.Wrong("items", "a list of schemas is not supported here; use prefixItems")
                : part.GetSchema("items")),
        ];
        List<GrammarNode> first = [];
        for (int i = 0; i < Math.Min(prefixes.Max(prefix => (int?)prefix.Count) ?? 0, facts.MostItems); i++)
        {
            first.Add(Compile(prefixes.Select((prefix, part) => i < prefix.Count ? prefix[i] : items[part]).OfType<SchemaPart>(), depth + 1));
        }

        GrammarNode? others = facts.MostItems > first.Count ? Compile(items.OfType<SchemaPart>(), depth + 1) : null;
        return new ArrayNode(first, others, facts.LeastItems, facts.MostItems, _terminals.Punctuation);
    }

    private ObjectNode CompileProperties(IReadOnlyList<SchemaPart> parts, int depth)
    {
        Dictionary<string, SchemaPart>[] declared =
        [
            .. parts.Select(part => (part.GetNamedSchemas("properties") ?? []).GroupBy(property => property.Name).ToDictionary(same => same.Key, same => same.Last().Schema)),
        ];
        SchemaPart?[] additional = [.. parts.Select(part => part.GetSchema("additionalProperties"))];
        HashSet<string> required = [.. parts.SelectMany(part => part.GetTexts("required"))];
        string[] names = [.. declared.SelectMany(properties => properties.Keys).Concat(required).Distinct()];
        _properties += names.Length;
        if (_properties > MostProperties)
        {
            throw _document.Root.Wrong(null, $"it takes more than {MostProperties} properties, counting each for every depth at which it may occur");
        }

        List<ObjectProperty> properties = [];
        foreach (string name in names)
        {
            GrammarNode value = Compile(
                declared.Select((known, part) => known.TryGetValue(name, out SchemaPart? own) ? own : additional[part]).OfType<SchemaPart>(), depth + 1);
            string quoted = JsonValueText.Quote(name);
            properties.Add(new ObjectProperty(
                _terminals.OneOf([$"{{{quoted}:"], optionalSpace: true),
                _terminals.OneOf([$",{quoted}:", $", {quoted}:"], optionalSpace: true),
                value,
                required.Contains(name)));
        }

        // An object that names properties has no others unless it says so, also one that says it has none, as functions without parameters do.
        bool isOpen = (names.Length == 0 && !parts.Any(part => part.Has("properties"))) || additional.Any(schema => schema is not null);
        FurtherProperties? further = isOpen ? new FurtherProperties(OtherNames(names, parts), Compile(additional.OfType<SchemaPart>(), depth + 1)) : null;
        CheckCounts(parts, required.Count, further is null ? names.Length : int.MaxValue);
        return new ObjectNode(properties, further, _terminals.Punctuation);
    }

    private GrammarNode OtherNames(string[] names, IReadOnlyList<SchemaPart> parts) => names.Length == 0
        ? _terminals.String()
        : Scalar($"names {string.Join('\n', names)}", () => Explain(parts, "properties", () => _terminals.String(PatternAutomaton.OfTexts(names).Complement())));

    private static void CheckCounts(IReadOnlyList<SchemaPart> parts, int least, int most)
    {
        foreach (SchemaPart part in parts)
        {
            if (part.GetCount("minProperties") > least)
            {
                throw part.Wrong("minProperties", "it is not supported beyond the number of required properties");
            }

            if (part.GetCount("maxProperties") < most)
            {
                throw part.Wrong("maxProperties", "it is not supported below the number of possible properties");
            }
        }
    }

    private GrammarNode Scalar(string key, Func<GrammarNode> make)
    {
        if (!_scalars.TryGetValue(key, out GrammarNode? node))
        {
            node = make();
            _scalars[key] = node;
        }

        return node;
    }

    private static GrammarNode Explain(IReadOnlyList<SchemaPart> parts, string keyword, Func<GrammarNode> make)
    {
        try
        {
            return make();
        }
        catch (FormatException failure)
        {
            SchemaPart place = parts.FirstOrDefault(part => part.Has(keyword)) ?? parts[0];
            throw place.Wrong(keyword, failure.Message);
        }
    }
}
