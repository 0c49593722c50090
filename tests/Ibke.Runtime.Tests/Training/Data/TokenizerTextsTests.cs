using Ibke.Runtime.Training.Data;

namespace Ibke.Runtime.Tests.Training.Data;

public sealed class TokenizerTextsTests
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Read_JsonLines_GivesContentsCallsAndFunctions()
    {
        using (_folder)
        {
            File.WriteAllLines(_folder["data.jsonl"],
            [
                """{"text": "One."}""",
                "",
                """{"parts": [["The CEO is", 0.1], [" Y.", 1]]}""",
                """
                {"messages": [{"role": "user", "content": "Find."}, {"role": "assistant", "content": null, "tool_calls": [{"name": "find", "arguments": {"n": 1}}]}],
                """ + """
                 "tools": [{"function": {"name": "find", "description": "Finds.", "parameters": {}}}, {"name": 3}]}
                """,
            ]);

            Assert.Equal(
                ["One.", "The CEO is Y.", "Find.", "", "{\"name\": \"find\", \"arguments\": {\"n\": 1}}", "find", "Finds."],
                TokenizerTexts.Read(_folder["data.jsonl"]));
        }
    }

    [Fact]
    public void Read_PlainText_GivesItsLines()
    {
        using (_folder)
        {
            File.WriteAllText(_folder["data.txt"], "a\n\n{b\n");

            Assert.Equal(["a\n", "{b\n"], TokenizerTexts.Read(_folder["data.txt"]));
        }
    }

    [Fact]
    public void Read_LineInNoKnownForm_NamesIt()
    {
        using (_folder)
        {
            File.WriteAllLines(_folder["data.jsonl"], ["""{"text": "One."}""", """{"prompt": "x"}"""]);

            TrainingDataException thrown = Assert.Throws<TrainingDataException>(() => TokenizerTexts.Read(_folder["data.jsonl"]).Count());

            Assert.Equal(2, thrown.Line);
        }
    }
}
