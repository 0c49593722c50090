using System.Text.Json;
using Ibke.Runtime.Constraints;
using Ibke.Runtime.Constraints.Parsing;
using Ibke.Runtime.Constraints.Vocabulary;
using Ibke.Runtime.Tests.Tokenization;
using Ibke.Runtime.Tokenization;

namespace Ibke.Runtime.Tests.Constraints;

/// <summary>Masks over every kind of tokenizer: what counts is the decoded text, not the bytes that tokens are thought to have.</summary>
public sealed class TokenizerKindMaskTests
{
    private static readonly string[] _schemas =
    [
        """{"type": "object"}""",
        """{"type": "string", "pattern": "^[é-ü]{2,4}x? *$", "minLength": 3}""",
        """{"type": "object", "properties": {"a b": {"type": "string", "maxLength": 5}, "n": {"type": "number", "minimum": -0.5}}, "required": ["a b", "n"]}""",
        """{"type": "array", "items": {"anyOf": [{"const": " x "}, {"type": "string", "maxLength": 2}, {"type": "integer"}]}, "minItems": 2, "maxItems": 3}""",
    ];

    public static TheoryData<string> Kinds => new("llama2-small", "unigram-bytes", "tiny-160");

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Allowed_RandomTokens_DecodeToValidTexts(string name)
    {
        Tokenizer tokenizer = GoldenTokenizers.Load(Path.Combine(GoldenFiles.Committed, "tokenizers", name));
        foreach (string schema in _schemas)
        {
            // More rows than tokens, as in padded embeddings, and an end among the rows that no token has.
            int end = tokenizer.VocabularySize + 1;
            CompiledGrammar grammar = TextConstraint.JsonSchema(JsonElement.Parse(schema)).Compile(tokenizer, end + 1, new HashSet<int> { end });
            for (int seed = 0; seed < 20; seed++)
            {
                string text = tokenizer.Decode(Write(grammar, new Random(seed), (int)grammar.LeastTokens + seed * 3, end));

                Assert.True(PlainSchemaValidator.Problem(schema, text) is null, $"{schema}: {text}: {PlainSchemaValidator.Problem(schema, text)}");
            }
        }
    }

    // Byte tokens, and words behind a space, come more often than by chance.
    private static List<int> Write(CompiledGrammar grammar, Random random, int most, int end)
    {
        ConstraintRun run = new(grammar);
        List<int> ids = [];
        while (ids.Count < most && !run.IsFinished)
        {
            TokenMask mask = run.Allowed(most - ids.Count);
            int[] all = [.. mask.Ids().Where(id => id != end)];
            int[] odd = [.. all.Where(id => grammar.Vocabulary.BytesOf(id, isFirst: ids.Count == 0) is [>= 0x80 or (byte)' ', ..])];
            if (all.Length == 0)
            {
                break;
            }

            int id = odd.Length > 0 && random.Next(2) == 0 ? odd[random.Next(odd.Length)] : all[random.Next(all.Length)];
            run.Accept(id);
            ids.Add(id);
        }

        return ids;
    }
}
