using Ibke.Runtime.Chat;
using Ibke.Runtime.Chat.ToolCalls;
using Ibke.Runtime.Templates;
using Ibke.Runtime.Tests.Models;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Tests.Chat;

public class PromptBuilderTests
{
    private const string Alternating = """
        {%- for m in messages -%}
          {%- if m.role == 'system' %}{{ raise_exception('System role not supported') }}{% endif -%}
          {%- if (m.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Roles must alternate') }}{% endif -%}
          {{ m.role ~ ':' ~ m.content ~ '|' }}
        {%- endfor -%}
        """;

    private static readonly AIFunction _one = AIFunctionFactory.Create(static () => 1, "one");

    [Fact]
    public void Build_TemplateWithoutSystemRole_PutsItBeforeTheUsersText()
    {
        ChatMessage[] messages = [new(ChatRole.System, "S"), new(ChatRole.User, "a"), new(ChatRole.User, "b"), new(ChatRole.Assistant, "c"), new(ChatRole.User, "d")];

        Assert.Equal("user:S\n\na\n\nb|assistant:c|user:d|", Text(Alternating, messages));
    }

    [Fact]
    public void Build_TemplateRefusesInAnyOrder_GivesItsOwnReason()
    {
        ChatMessage[] messages = [new(ChatRole.Assistant, "a"), new(ChatRole.User, "b")];

        TemplateException failure = Assert.Throws<TemplateException>(() => Text(Alternating, messages));

        Assert.True(failure.IsRaisedByTemplate);
        Assert.Equal("Roles must alternate", failure.Message);
    }

    [Fact]
    public void Build_TemplateTakesTheMessages_LeavesThemAsTheyAre()
    {
        ChatMessage[] messages = [new(ChatRole.System, "S"), new(ChatRole.User, "a"), new(ChatRole.User, "b")];

        Assert.Equal("system:S|user:a|user:b|", Text("{% for m in messages %}{{ m.role ~ ':' ~ m.content ~ '|' }}{% endfor %}", messages));
    }

    [Fact]
    public void Build_Variables_ReachTheTemplateAndCannotForgeTokens()
    {
        ChatOptions options = new()
        {
            AdditionalProperties = new()
            {
                ["chat_template_kwargs"] = new Dictionary<string, object?> { ["enable_thinking"] = false, ["documents"] = new[] { "<|im_end|>" } },
            },
        };

        Prompt prompt = Build("{{ enable_thinking }} {{ documents[0] }}<|im_end|>", [new(ChatRole.User, "a")], options);

        Assert.Equal("False <|im_end|><|im_end|>", Decode(prompt));
        Assert.Single(prompt.Ids, id => id == Atlas.Shared.Tokenizer.FindId("<|im_end|>"));
    }

    [Fact]
    public void Build_DateInTheTemplate_IsThatOfTheOptions()
    {
        LocalChatClientOptions client = new() { Template = ChatTemplate.Parse("{{ strftime_now('%d %b %Y') }}"), TimeProvider = new FixedTime() };

        Assert.Equal("02 Jan 2026", Decode(Build(client, [new(ChatRole.User, "a")], null)));
    }

    [Theory]
    [InlineData("<think>\n", true)]
    [InlineData("<think>\n\n</think>\n\n", false)]
    [InlineData("", false)]
    public void Build_TemplateOpensThoughts_SaysSo(string end, bool isInThoughts) =>
        Assert.Equal(isInThoughts, Build($"{{{{ messages[0].content }}}}{{{{ '{end.Replace("\n", "\\n", StringComparison.Ordinal)}' }}}}{{# <think> #}}", [new(ChatRole.User, "a")]).IsInThoughts);

    [Fact]
    public void Build_RequiredCallWhereThoughtsAreOpen_ClosesThem()
    {
        const string Source = "{{ tools | tojson }}{% for m in messages %}{% for c in m.tool_calls %}<tool_call>\n{{ c.function | tojson }}\n</tool_call>{% endfor %}{% endfor %}{{ '|<think>\n' }}";
        ChatOptions options = new() { Tools = [_one], ToolMode = ChatToolMode.RequireSpecific("one") };

        Prompt prompt = Build(Source, [new(ChatRole.User, "a")], options);

        Assert.False(prompt.IsInThoughts);
        Assert.EndsWith("|<think>\n</think>\n\n<tool_call>\n{\"name\": \"one\", \"arguments\":", Decode(prompt), StringComparison.Ordinal);
    }

    [Fact]
    public void Build_TemplateForTools_IsUsedWithToolsOnly()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(
            Path.Combine(folder.Path, "tokenizer_config.json"),
            """{"chat_template": [{"name": "default", "template": "plain"}, {"name": "tool_use", "template": "with {{ tools[0].function.name }}"}]}""");
        LocalChatClientOptions client = new() { Template = ChatTemplate.Load(folder.Path) };

        Assert.Equal("plain", Decode(Build(client, [new(ChatRole.User, "a")], null)));
        Assert.Equal("with one", Decode(Build(client, [new(ChatRole.User, "a")], new ChatOptions { Tools = [_one] })));
    }

    [Fact]
    public void Build_TemplateHidesFunctions_ExplainsThemInTheFormOfHermesOrTheNamedOne()
    {
        ChatOptions options = new() { Tools = [_one] };
        const string Source = "{% for m in messages %}{{ m.role ~ ':' ~ m.content ~ '|' }}{% endfor %}";

        string shown = Text(Source, [new(ChatRole.User, "a")], options);
        Assert.StartsWith("system:You can call these functions:\n{\"name\": \"one\", ", shown, StringComparison.Ordinal);
        Assert.Contains("<tool_call>\n{\"name\": ", shown, StringComparison.Ordinal);
        LocalChatClientOptions none = new() { Template = ChatTemplate.Parse(Source), ToolCallFormat = ToolCallFormats.None };
        Assert.Contains("no functions", Assert.Throws<NotSupportedException>(() => Build(none, [new(ChatRole.User, "a")], options)).Message, StringComparison.Ordinal);
        LocalChatClientOptions client = new() { Template = ChatTemplate.Parse(Source), ToolCallFormat = ToolCallFormats.Functionary };
        shown = Decode(Build(client, [new(ChatRole.User, "a")], options));
        Assert.StartsWith("system:You can call these functions:\n{\"name\": \"one\", ", shown, StringComparison.Ordinal);
        Assert.EndsWith("\n<function=name>{\"argument\": \"value\"}</function>|user:a|", shown, StringComparison.Ordinal);
        options.ToolMode = ChatToolMode.None;
        Assert.Equal("user:a|", Text(Source, [new(ChatRole.User, "a")], options));
    }

    [Fact]
    public void Build_TemplateOfUserAndModelOnly_TellsCallsAndResultsInWords()
    {
        ChatMessage[] messages =
        [
            new(ChatRole.User, "Go"),
            new(ChatRole.Assistant, [new FunctionCallContent("c", "one", new Dictionary<string, object?> { ["x"] = "<|im_end|>" })]),
            new(ChatRole.Tool, [new FunctionResultContent("c", "<tool_call>")]),
        ];
        LocalChatClientOptions client = new() { Template = ChatTemplate.Parse(Alternating), ToolCallFormat = ToolCallFormats.Hermes };

        Prompt prompt = Build(client, messages, new ChatOptions { Tools = [_one] });

        Assert.EndsWith(
            "Go|assistant:<tool_call>\n{\"name\": \"one\", \"arguments\": {\"x\": \"<|im_end|>\"}}\n</tool_call>|user:Result of one: <tool_call>|",
            Decode(prompt),
            StringComparison.Ordinal);

        // The mark in the explanation and that of the call are tokens; what the call and its result quote is not.
        Assert.Equal(2, prompt.Ids.Count(static id => id == Atlas.Shared.Tokenizer.FindId("<tool_call>")));
        Assert.DoesNotContain(Atlas.Shared.Tokenizer.FindId("<|im_end|>")!.Value, prompt.Ids);
    }

    [Fact]
    public void Build_PlainTemplate_IsADialogueThatStopsAtTheUser()
    {
        ChatMessage[] messages = [new(ChatRole.System, "Be brief."), new(ChatRole.User, "Hi"), new(ChatRole.Assistant, "Hello."), new(ChatRole.User, "Bye ")];
        LocalChatClientOptions client = new() { Template = ChatTemplate.Plain };

        Assert.Equal("Be brief.\n\nUser: Hi\n\nAssistant: Hello.\n\nUser: Bye\n\nAssistant:", Decode(Build(client, messages, null)));
        Assert.Contains("\nUser:", Request(client, messages, null).Sampling.StopSequences);
    }

    private static string Text(string template, ChatMessage[] messages, ChatOptions? options = null) => Decode(Build(template, messages, options));

    private static Prompt Build(string template, ChatMessage[] messages, ChatOptions? options = null) =>
        Build(new LocalChatClientOptions { Template = ChatTemplate.Parse(template) }, messages, options);

    private static Prompt Build(LocalChatClientOptions client, ChatMessage[] messages, ChatOptions? options) =>
        new PromptBuilder(Atlas.Shared, client).Build(Request(client, messages, options), default);

    private static ChatRequest Request(LocalChatClientOptions client, ChatMessage[] messages, ChatOptions? options) =>
        ChatRequest.Read(messages, options, Atlas.Shared, new PromptBuilder(Atlas.Shared, client).Dialect, client);

    private static string Decode(Prompt prompt) => Atlas.Shared.Tokenizer.Decode(prompt.Ids, skipSpecialTokens: false);

    private sealed class FixedTime : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    }
}
