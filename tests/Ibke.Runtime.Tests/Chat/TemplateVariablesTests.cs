using System.Text.Json;
using System.Text.Json.Nodes;
using Ibke.Runtime.Chat;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Tests.Chat;

public class TemplateVariablesTests
{
    public static TheoryData<object> Forms =>
    [
        new Dictionary<string, object?> { ["enable_thinking"] = false, ["documents"] = new[] { new { text = "a" } } },
        (JsonObject)JsonNode.Parse("""{"enable_thinking": false, "documents": [{"text": "a"}]}""")!,
        JsonElement.Parse("""{"enable_thinking": false, "documents": [{"text": "a"}]}"""),
    ];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Read_DictionaryOrJson_GivesTheVariables(object form) =>
        Assert.Equal("""{"enable_thinking":false,"documents":[{"text":"a"}]}""", TemplateVariables.Read(Options(form)).ToJsonString());

    [Fact]
    public void Read_Nothing_IsEmpty()
    {
        Assert.Empty(TemplateVariables.Read(null));
        Assert.Empty(TemplateVariables.Read(new ChatOptions()));
    }

    [Fact]
    public void Read_OfNoUse_IsRefusedByName()
    {
        Assert.Contains("must be a dictionary", Assert.Throws<ArgumentException>(() => TemplateVariables.Read(Options(5))).Message, StringComparison.Ordinal);
        Assert.Contains(
            "'messages'",
            Assert.Throws<ArgumentException>(() => TemplateVariables.Read(Options(new Dictionary<string, object?> { ["messages"] = 1 }))).Message,
            StringComparison.Ordinal);
    }

    private static ChatOptions Options(object form) => new() { AdditionalProperties = new() { ["chat_template_kwargs"] = form } };
}
