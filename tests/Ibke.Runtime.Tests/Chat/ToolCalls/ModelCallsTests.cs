using System.Text.Json.Nodes;
using Ibke.Runtime.Chat.ToolCalls;
using Ibke.Runtime.Templates;

namespace Ibke.Runtime.Tests.Chat.ToolCalls;

public class ModelCallsTests
{
    [Theory]
    [InlineData("{{ '<tool_call>\\n' }}{{ messages[1].tool_calls[0].function | tojson }}{{ '\\n</tool_call>' }}", "<tool_call>\n{\"name\": \"f\", \"arguments\":")]
    [InlineData("<tool_call>{{ {'name': messages[1].tool_calls[0].function.name, 'args': 1, 'arguments': messages[1].tool_calls[0].function.arguments} | tojson }}</tool_call>",
        "<tool_call>{\"name\": \"f\", \"args\": 1, \"arguments\":")]
    [InlineData("Say <tool_call>. {{ raise_exception('no') }}", "<tool_call>\n{\"name\": \"f\", \"arguments\":")]
    public void Find_TemplateThatWritesCalls_BeginsThemAsItDoes(string source, string beginning)
    {
        ModelCalls calls = Find(source);

        Assert.Same(ToolCallFormats.Hermes, calls.Format);
        Assert.Equal(beginning, calls.Syntax!.Beginning("f"));
    }

    [Fact]
    public void Find_TemplateThatKnowsNothingOfFunctions_IsToldOfThemInTheFormOfHermes()
    {
        ModelCalls calls = Find("{{ messages[0].content }}", "gemma2");

        Assert.Same(ToolCallFormats.Hermes, calls.Format);
        Assert.True(calls.HidesFunctions && calls.CanShowFunctions);
        Assert.True(calls.Shape.CallsInText);
    }

    [Fact]
    public void Find_HostChoseNone_CannotShowFunctions()
    {
        ModelCalls calls = Find("{{ messages[0].content }}", chosen: ToolCallFormats.None);

        Assert.Same(ToolCallFormats.None, calls.Format);
        Assert.False(calls.CanShowFunctions);
        Assert.Null(calls.Syntax);
    }

    [Theory]
    [InlineData("granite", "granite")]
    [InlineData("qwen2", "hermes")]
    [InlineData("llama", "llama3")]
    [InlineData("gpt2", "none")]
    [InlineData(null, "none")]
    public void Find_TemplateThatOnlyShowsFunctions_GoesByTheKindOfModel(string? modelType, string format) =>
        Assert.Equal(format, Find("{{ tools | tojson }}{{ messages[0].content }}", modelType).Format.Name);

    [Fact]
    public void Find_HostChoseAFormat_TakesIt()
    {
        ModelCalls calls = Find("{{ messages[0].content }}", "granite", ToolCallFormats.Mistral);

        Assert.Same(ToolCallFormats.Mistral, calls.Format);
        Assert.True(calls.CanShowFunctions);
        Assert.True(calls.Shape.CallsInText);
    }

    [Fact]
    public void Find_UnknownName_ListsTheKnownOnes()
    {
        ArgumentException failure = Assert.Throws<ArgumentException>(() => ToolCallFormats.Find("xml"));

        Assert.Contains("hermes, llama3, mistral", failure.Message, StringComparison.Ordinal);
        Assert.Same(ToolCallFormats.Hermes, ToolCallFormats.Find("Hermes"));
    }

    private static ModelCalls Find(string source, string? modelType = null, ToolCallFormat? chosen = null) =>
        ModelCalls.Find(CallProbe.Run(ChatTemplate.Parse(source), new Dictionary<string, JsonNode?>()), source, modelType, chosen);
}
