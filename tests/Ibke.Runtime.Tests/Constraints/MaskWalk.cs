using System.Text;
using System.Text.Json;
using Ibke.Runtime.Constraints;
using Ibke.Runtime.Constraints.Parsing;
using Ibke.Runtime.Constraints.Vocabulary;
using Ibke.Runtime.Tokenization;

namespace Ibke.Runtime.Tests.Constraints;

/// <summary>Draws tokens from masks, as the worst of models would.</summary>
internal static class MaskWalk
{
    private static readonly Lazy<Tokenizer> _tiny = new(() => Tokenizer.Load(Path.Combine(GoldenFiles.Committed, "tokenizers", "tiny-160")));

    /// <summary>A vocabulary of ASCII characters with a few longer tokens.</summary>
    public static Tokenizer Tiny => _tiny.Value;

    public static CompiledGrammar Compile(TextConstraint constraint, Tokenizer? tokenizer = null)
    {
        Tokenizer chosen = tokenizer ?? Tiny;
        return constraint.Compile(chosen, chosen.VocabularySize, new HashSet<int> { chosen.FindId("<|im_end|>") ?? chosen.FindId("<|endoftext|>") ?? 0 });
    }

    public static CompiledGrammar Compile(string schema, Tokenizer? tokenizer = null) =>
        Compile(TextConstraint.JsonSchema(JsonElement.Parse(schema)), tokenizer);

    /// <summary>Writes a text of random tokens.</summary>
    public static string Write(CompiledGrammar grammar, Random random, int most)
    {
        ConstraintRun run = new(grammar);
        List<byte> bytes = [];
        for (int left = most; left > 0 && !run.IsFinished; left--)
        {
            TokenMask mask = run.Allowed(left);
            Assert.True(mask.Count > 0, $"Nothing may follow “{Encoding.UTF8.GetString([.. bytes])}”, {left} left.");
            int[] ids = [.. mask.Ids()];
            int id = ids[random.Next(ids.Length)];
            if (grammar.Vocabulary.EndIds.Contains(id))
            {
                break;
            }

            bytes.AddRange(grammar.Vocabulary.BytesOf(id, isFirst: left == most));
            run.Accept(id);
        }

        Assert.True(run.IsComplete, $"“{Encoding.UTF8.GetString([.. bytes])}” is cut");
        return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString([.. bytes]);
    }

    /// <summary>Whether a text may be written, whatever the limit.</summary>
    public static bool Accepts(CompiledGrammar grammar, string text) => ConstraintRun.Walk(grammar.Begin(), Encoding.UTF8.GetBytes(text)).IsComplete;
}
