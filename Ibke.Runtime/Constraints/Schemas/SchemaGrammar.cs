using System.Text.Json;
using Ibke.Runtime.Constraints.Grammar;
using Ibke.Runtime.Constraints.Vocabulary;

namespace Ibke.Runtime.Constraints.Schemas;

/// <summary>Grammars of JSON values, as parts of larger ones.</summary>
internal static class SchemaGrammar
{
    /// <summary>The values that satisfy a schema.</summary>
    /// <exception cref="JsonSchemaException">It cannot be followed.</exception>
    public static GrammarNode Of(JsonElement schema, TokenVocabulary vocabulary, TerminalFactory terminals) =>
        new SchemaCompiler(new SchemaDocument(schema), vocabulary, terminals).Compile();

    /// <summary>The values of a property of a schema; any value where it cannot be followed.</summary>
    public static GrammarNode OfProperty(JsonElement schema, string name, TokenVocabulary vocabulary, TerminalFactory terminals)
    {
        try
        {
            GrammarNode node = new SchemaCompiler(new SchemaDocument(schema), vocabulary, terminals).CompileProperty(name);
            if (node.Cost < GrammarNode.Impossible)
            {
                return node;
            }
        }
        catch (JsonSchemaException)
        {
            // As for the arguments as a whole.
        }

        return Of(JsonElement.Parse("true"), vocabulary, terminals);
    }

    /// <summary>The objects that satisfy a schema; any object where it cannot be followed.</summary>
    public static GrammarNode OfArguments(JsonElement schema, TokenVocabulary vocabulary, TerminalFactory terminals)
    {
        try
        {
            GrammarNode node = new SchemaCompiler(new SchemaDocument(schema), vocabulary, terminals).CompileObject();
            if (node.Cost < GrammarNode.Impossible)
            {
                return node;
            }
        }
        catch (JsonSchemaException)
        {
            // A function can still be called: it checks its arguments itself.
        }

        return Of(SchemaDocument.AnyObject.Json, vocabulary, terminals);
    }
}
