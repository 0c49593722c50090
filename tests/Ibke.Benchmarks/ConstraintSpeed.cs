using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Ibke.Runtime.Constraints;
using Ibke.Runtime.Constraints.Parsing;
using Ibke.Runtime.Constraints.Vocabulary;
using Ibke.Runtime.Tokenization;

namespace Ibke.Benchmarks;

/// <summary>What the mask of a JSON schema costs a token, without a model: the first time that texts come by, and again.</summary>
internal static class ConstraintSpeed
{
    private const int Texts = 40;
    private const int MostTokens = 200;

    private static readonly (string Name, string Schema)[] _schemas =
    [
        ("any object", """{"type": "object"}"""),
        ("records", """
            {"type": "array", "minItems": 2, "maxItems": 8, "items": {"type": "object", "properties": {"name": {"type": "string"},
            "kind": {"enum": ["person", "company", "city"]}, "year": {"type": "integer", "minimum": 1900, "maximum": 2030},
            "tags": {"type": "array", "items": {"type": "string"}}}, "required": ["name", "kind", "year"]}}
            """),
        ("pattern and length", """{"type": "object", "properties": {"code": {"type": "string", "pattern": "^[A-Z]{2,8}(-\\d+)+$"}, "text": {"type": "string", "maxLength": 200}}, "required": ["code", "text"]}"""),
    ];

    /// <summary>Measures the tokenizers in the given folders.</summary>
    public static void Run(IEnumerable<string> folders)
    {
        foreach (string folder in folders)
        {
            Tokenizer tokenizer = Tokenizer.Load(folder);
            HashSet<int> ends = [.. new[] { "<|im_end|>", "<|end_of_text|>", "<|endoftext|>", "</s>" }.Select(tokenizer.FindId).OfType<int>()];
            Stopwatch watch = Stopwatch.StartNew();
            TextConstraint.Choice("x").Compile(tokenizer, tokenizer.VocabularySize, ends);
            Write($"{Path.GetFileName(folder)}: {tokenizer.VocabularySize} tokens, read in {watch.Elapsed.TotalMilliseconds:F0} ms");
            foreach ((string name, string schema) in _schemas)
            {
                watch.Restart();
                CompiledGrammar grammar = TextConstraint.JsonSchema(JsonElement.Parse(schema)).Compile(tokenizer, tokenizer.VocabularySize, ends);
                double compiled = watch.Elapsed.TotalMilliseconds;
                (int[][] texts, double cold) = Draw(grammar);
                double warm = Enumerable.Range(0, 5).Min(_ => Repeat(grammar, texts));
                Write($"  {name,-20} compiled in {compiled,6:F0} ms; a token {cold,8:F1} µs the first time, {warm,6:F2} µs again ({texts.Sum(text => text.Length)} tokens)");
            }
        }
    }

    private static (int[][] Texts, double Microseconds) Draw(CompiledGrammar grammar)
    {
        Random random = new(1);
        float[] logits = new float[grammar.Vocabulary.Size];
        List<int[]> texts = [];
        Stopwatch watch = new();
        for (int i = 0; i < Texts; i++)
        {
            ConstraintRun run = new(grammar);
            List<int> ids = [];
            while (ids.Count < MostTokens && !run.IsFinished)
            {
                watch.Start();
                TokenMask mask = run.Allowed(MostTokens - ids.Count);
                mask.Apply(logits);
                watch.Stop();
                int[] allowed = [.. mask.Ids()];
                int id = allowed[random.Next(allowed.Length)];
                if (grammar.Vocabulary.EndIds.Contains(id))
                {
                    break;
                }

                ids.Add(id);
                watch.Start();
                run.Accept(id);
                watch.Stop();
            }

            texts.Add([.. ids]);
        }

        return ([.. texts], watch.Elapsed.TotalMicroseconds / texts.Sum(text => text.Length));
    }

    private static double Repeat(CompiledGrammar grammar, int[][] texts)
    {
        float[] logits = new float[grammar.Vocabulary.Size];
        Stopwatch watch = Stopwatch.StartNew();
        foreach (int[] text in texts)
        {
            ConstraintRun run = new(grammar);
            for (int i = 0; i < text.Length; i++)
            {
                run.Allowed(MostTokens - i).Apply(logits);
                run.Accept(text[i]);
            }
        }

        return watch.Elapsed.TotalMicroseconds / texts.Sum(text => text.Length);
    }

    private static void Write(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
