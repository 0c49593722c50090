using System.Text.Json.Nodes;
using Ibke.Atlas.Conversations;

namespace Ibke.Atlas.Tests.Conversations;

public sealed class ResultTextTests
{
    [Theory]
    [InlineData(true, """{"edits": [{"id": "e1", "answer": "I don't know."}], "n": 3}""")]
    [InlineData(false, """{"edits":[{"id":"e1","answer":"I don't know."}],"n":3}""")]
    public void Of_NestedValues_IsJsonWithOrWithoutSpaces(bool spaced, string expected)
    {
        JsonObject value = new() { ["edits"] = new JsonArray(new JsonObject { ["id"] = "e1", ["answer"] = "I don't know." }), ["n"] = 3 };

        Assert.Equal(expected, ResultText.Of(value, spaced));
    }
}
