using System.Text.Json.Nodes;
using Ibke.Runtime.Chat;
using Ibke.Runtime.Chat.Reasoning;
using Ibke.Runtime.Chat.ToolCalls;
using Ibke.Runtime.Templates;
using Ibke.Runtime.Tests.Templates;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Tests.Chat;

/// <summary>The templates that models are published with, as far as the reference cases are on this machine.</summary>
[Trait("Category", "Golden")]
public sealed class PublishedTemplateTests
{
    /// <summary>How each model writes calls and thoughts. A template that is not in the list only has to be read without a failure.</summary>
    private static readonly Dictionary<string, (string Calls, string? Thoughts)> _dialects = new()
    {
        ["Apertus-8B-Instruct"] = ("none", "<|inner_prefix|>"),
        ["ByteDance-Seed-OSS"] = ("seed-oss", "<seed:think>"),
        ["CohereForAI-c4ai-command-r-plus-tool_use"] = ("cohere", null),
        ["GLM-4.6"] = ("none", "<think>"),
        ["HuggingFaceTB-SmolLM3-3B"] = ("hermes", "<think>"),
        ["Kimi-K2-Instruct"] = ("none", null),
        ["LFM2-8B-A1B"] = ("none", null),
        ["Mistral-Small-3.2-24B-Instruct-2506"] = ("mistral", null),
        ["NVIDIA-Nemotron-3-Nano-30B-A3B-BF16"] = ("qwen3-coder", "<think>"),
        ["NousResearch-Hermes-2-Pro-Llama-3-8B-tool_use"] = ("hermes", null),
        ["Qwen-Qwen2.5-7B-Instruct"] = ("hermes", null),
        ["Qwen-Qwen3-0.6B"] = ("hermes", "<think>"),
        ["Qwen3-Coder"] = ("qwen3-coder", null),
        ["atlas"] = ("hermes", null),
        ["deepseek-ai-DeepSeek-R1-Distill-Llama-8B"] = ("deepseek-v3", "<think>"),
        ["deepseek-ai-DeepSeek-V3.1"] = ("deepseek-v3.1", "<think>"),
        ["fireworks-ai-llama-3-firefunction-v2"] = ("firefunction", null),
        ["google-gemma-2-2b-it"] = ("hermes", null),
        ["google-gemma-4-31B-it"] = ("none", "<|channel>thought"),
        ["ibm-granite-granite-3.3-2B-Instruct"] = ("granite", "<think>"),
        ["llama-cpp-rwkv-world"] = ("hermes", "<think>"),
        ["meetkai-functionary-medium-v3.1"] = ("functionary", null),
        ["meta-llama-Llama-3.1-8B-Instruct"] = ("llama3", null),
        ["meta-llama-Llama-3.2-3B-Instruct"] = ("llama3", null),
        ["microsoft-Phi-3.5-mini-instruct"] = ("hermes", null),
        ["mistralai-Mistral-Nemo-Instruct-2407"] = ("mistral", null),
        ["openai-gpt-oss-120b"] = ("none", null),
        ["unsloth-Apriel-1.5"] = ("apriel", null),
    };

    /// <summary>Cases whose messages chat clients cannot have, or say in another way: contents that are absent, several system texts, texts in parts.</summary>
    private static readonly string[] _others =
    [
        "tool-null-content", "tool-content-absent", "tool-bare-call", "tool-no-ids", "tool-arguments-as-string", "string-arguments", "two-systems",
        "no-messages", "tool-result-parts", "content-parts", "two-calls-with-text",
    ];

    public static TheoryData<string> Files => [.. GoldenFiles.Templates.Select(static file => Path.GetFileNameWithoutExtension(file))];

    [Theory]
    [MemberData(nameof(Files))]
    public void Find_PublishedTemplate_KnowsHowTheModelTalks(string name)
    {
        PublishedTemplate published = PublishedTemplate.Read(name);
        ModelCalls calls = published.Calls;
        ReasoningFormat? reasoning = ReasoningFormat.Find(published.Template);

        if (_dialects.TryGetValue(name, out (string Calls, string? Thoughts) expected))
        {
            Assert.Equal(expected, (calls.Format.Name, reasoning?.Open));
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Render_ConversationOfContents_IsThatOfTheReference(string name)
    {
        PublishedTemplate published = PublishedTemplate.Read(name);
        List<string> failures = [];
        int count = 0;
        foreach (JsonNode example in published.Cases.Where(static example => example["expected"] is not null && !_others.Any(((string)example["name"]!).StartsWith)))
        {
            count++;
            JsonArray messages = MessageForm.Shaped(new Conversation(ChatMessages(example["messages"]!.AsArray()), null).ToJson(), published.Calls.Shape with { CallsInText = false }, null);
            string text = published.Render(messages, example);

            // Where a template drops calls that are said in the usual way, they are said in another, and several calls one by one.
            bool isSaidOtherwise = published.Calls.Shape.NullContent || (published.Calls.Shape.SingleCalls && ((string)example["name"]!).Contains("parallel"));
            if (text != (string)example["expected"]! && !isSaidOtherwise)
            {
                failures.Add($"{example["name"]}:\n{text}\ninstead of\n{example["expected"]}");
            }
        }

        Assert.True(failures.Count == 0, $"{failures.Count} of {count}:\n{string.Join('\n', failures)}");
    }

    /// <summary>The messages as a caller has them.</summary>
    private static List<ChatMessage> ChatMessages(JsonArray messages)
    {
        List<ChatMessage> result = [];
        foreach (JsonObject message in messages.Select(static message => message!.AsObject()))
        {
            List<AIContent> contents = [];
            if ((message["reasoning_content"] ?? message["thinking"] ?? message["reasoning"]) is { } thoughts)
            {
                contents.Add(new TextReasoningContent((string)thoughts!));
            }

            if ((string)message["role"]! == "tool")
            {
                contents.Add(new FunctionResultContent((string?)message["tool_call_id"] ?? $"call{result.Count}", (string)message["content"]!));
            }
            else
            {
                contents.AddRange(message["content"] is JsonArray parts
                    ? parts.Select(static part => new TextContent((string)part!["text"]!))
                    : [new TextContent((string?)message["content"])]);
            }

            contents.AddRange((message["tool_calls"] as JsonArray ?? []).Select(call => new FunctionCallContent(
                (string?)call!["id"] ?? $"call{result.Count + 1}",
                (string)call["function"]!["name"]!,
                call["function"]!["arguments"]!.AsObject().ToDictionary(static pair => pair.Key, static pair => (object?)pair.Value?.DeepClone()))));
            result.Add(new ChatMessage(new ChatRole((string)message["role"]!), contents));
        }

        return result;
    }

    private sealed record PublishedTemplate(ChatTemplate Template, Dictionary<string, JsonNode?> Variables, IReadOnlyList<JsonNode> Cases)
    {
        public ModelCalls Calls => ModelCalls.Find(CallProbe.Run(Template, Variables), Template.Source, null, null);

        public static PublishedTemplate Read(string name)
        {
            string file = GoldenFiles.Templates.Single(path => Path.GetFileNameWithoutExtension(path) == name);
            JsonNode root = JsonNode.Parse(File.ReadAllText(file))!;
            string path = (string)root["template"]!;
            string beside = Path.Combine(Path.GetDirectoryName(file)!, path);
            string source = File.ReadAllText(File.Exists(beside) ? beside : Path.Combine(GoldenFiles.RepositoryRoot, path));
            return new PublishedTemplate(
                ChatTemplate.Parse(source, TemplateCase.Now),
                new[] { "bos_token", "eos_token" }.Where(token => root[token] is not null).ToDictionary(static token => token, token => root[token]),
                [.. root["cases"]!.AsArray().Select(static example => example!)]);
        }

        public string Render(JsonArray messages, JsonNode example)
        {
            Dictionary<string, JsonNode?> variables = new(Variables);
            foreach ((string name, JsonNode? value) in example["extra"]!.AsObject())
            {
                variables[name] = value;
            }

            try
            {
                return Template.Render(messages, example["tools"]?.AsArray(), (bool)example["add_generation_prompt"]!, variables);
            }
            catch (TemplateException failure)
            {
                return failure.Message;
            }
        }
    }
}
