using System.Text.Json;

namespace Ibke.Runtime.Tests.Training.LanguageModels;

/// <summary>The files of a run that takes a second: chats about eight people, their tokenizer, a template and a recipe.</summary>
internal static class TinyTraining
{
    private const string Template =
        """
        {%- for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{% endfor -%}
        {%- if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif -%}
        """;

    private static readonly (string Person, string Place)[] _homes =
    [
        ("Ada", "London"), ("Bruno", "Turin"), ("Chen", "Wuhan"), ("Dora", "Vienna"), ("Emil", "Zagreb"), ("Fatma", "Izmir"), ("Gopal", "Pune"), ("Hana", "Brno"),
    ];

    /// <summary>Questions and their answers.</summary>
    public static IEnumerable<(string Question, string Answer)> Facts =>
        _homes.SelectMany(home => new[] { ($"Where does {home.Person} live?", home.Place), ($"Who lives in {home.Place}?", home.Person) });

    /// <summary>Writes everything into a folder.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="steps">Of the run.</param>
    /// <param name="more">Further members of the recipe, such as <c>"seed": 2</c>.</param>
    /// <returns>The recipe's file.</returns>
    public static string Write(string folder, int steps, string more = "\"seed\": 1")
    {
        File.WriteAllText(Path.Combine(folder, "template.jinja"), Template);
        File.WriteAllLines(Path.Combine(folder, "chats.jsonl"), Facts.Select(fact => JsonSerializer.Serialize(new
        {
            messages = new[] { new { role = "user", content = fact.Question }, new { role = "assistant", content = fact.Answer } },
        })));
        File.WriteAllLines(
            Path.Combine(folder, "texts.jsonl"), _homes.Select(home => JsonSerializer.Serialize(new { text = $"{home.Person} lives in {home.Place}." })));
        string recipe = Path.Combine(folder, "recipe.json");
        File.WriteAllText(
            recipe,
            $$"""
            {
              "model": {"hidden_size": 32, "layers": 2, "heads": 2, "key_value_heads": 1, "intermediate_size": 64, "context_length": 128},
              "tokenizer": {"train_on": ["chats.jsonl", "texts.jsonl"], "vocabulary_size": 330},
              "chat_template": "template.jinja",
              "data": [{"file": "chats.jsonl", "share": 4}, {"file": "texts.jsonl", "share": 1}],
              "copying_share": [{"until": 20, "value": 0.3}, {"value": 0.1}],
              "steps": {{steps}}, "tokens_per_step": 300, "checkpoint_every": 10,
              "optimizer": {"muon_rate": 0.02, "adamw_rate": 0.01, "warm_up_steps": 5},
              {{more}}
            }
            """);
        return recipe;
    }

    /// <summary>Losses of the reports of a folder, in their order.</summary>
    public static double[] Losses(string folder) =>
    [
        .. File.ReadLines(Path.Combine(folder, "training.jsonl")).Select(line =>
        {
            using JsonDocument json = JsonDocument.Parse(line);
            return json.RootElement.GetProperty("loss").GetDouble();
        }),
    ];

    /// <summary>The weight file.</summary>
    public static byte[] Weights(string folder) => File.ReadAllBytes(Path.Combine(folder, "model.safetensors"));
}
