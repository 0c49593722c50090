using System.Text;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Templates;
using Ibke.Runtime.Tests.Training.Tokenizers;
using Ibke.Runtime.Tokenization;
using Ibke.Runtime.Training.Data;
using Ibke.Runtime.Training.Tokenizers;

namespace Ibke.Runtime.Tests.Training.Data;

/// <summary>A tokenizer of 300 tokens, a chat template, and a reader of training documents for them.</summary>
internal static class TinyChat
{
    public const int EndOfText = 0;
    public const int EndOfTurn = 2;

    public static Tokenizer Tokenizer { get; } = BytePairTrainerTests.Load(
        BytePairTrainer.Train(["the assistant says the system the user says system"], new BytePairTrainingOptions { VocabularySize = 300 }));

    /// <summary>ChatML with tools and calls.</summary>
    public static ChatTemplate Template { get; } = ChatTemplate.Parse(
        """
        {%- if tools %}{{ '<|im_start|>system\nTools:' }}{% for t in tools %}{{ '\n' + t.function.name }}{% endfor %}{{ '<|im_end|>\n' }}{% endif -%}
        {%- for m in messages %}{% if m.role == 'tool' %}{{ '<|im_start|>tool\n<tool_response>' + m.content + '</tool_response><|im_end|>\n' }}
        {%- else %}{{ '<|im_start|>' + m.role + '\n' + m.content }}
        {%- for c in m.tool_calls or [] %}{{ '<tool_call>{"name": "' + c.function.name + '", "arguments": ' + (c.function.arguments | tojson) + '}</tool_call>' }}{% endfor %}
        {{- '<|im_end|>\n' }}{% endif %}{% endfor -%}
        {%- if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif -%}
        """);

    public static GenerationConfig Generation { get; } = new() { EosTokenIds = [EndOfTurn, EndOfText] };

    public static DocumentReader Reader { get; } = new(Tokenizer, Template, Generation);

    /// <summary>The only document of a line.</summary>
    public static TrainingDocument Read(string json, DocumentReader? reader = null) => Assert.Single(ReadAll(json, reader));

    public static IReadOnlyList<TrainingDocument> ReadAll(string json, DocumentReader? reader = null) =>
        (reader ?? Reader).Read("data.jsonl", 7, Encoding.UTF8.GetBytes(json));

    /// <summary>The whole text of a document.</summary>
    public static string TextOf(TrainingDocument document) => Tokenizer.Decode(document.Ids.ToArray(), skipSpecialTokens: false);

    /// <summary>The texts of neighbouring tokens of one weight, where it is not 0.</summary>
    public static List<(string Text, float Weight)> Learned(TrainingDocument document)
    {
        List<(List<int> Ids, float Weight)> runs = [];
        float before = 0;
        foreach ((int id, float weight) in document.Ids.ToArray().Zip(document.Weights.ToArray()))
        {
            if (weight != 0 && weight != before)
            {
                runs.Add(([], weight));
            }

            if (weight != 0)
            {
                runs[^1].Ids.Add(id);
            }

            before = weight;
        }

        return [.. runs.Select(run => (Tokenizer.Decode(run.Ids, skipSpecialTokens: false), run.Weight))];
    }
}
