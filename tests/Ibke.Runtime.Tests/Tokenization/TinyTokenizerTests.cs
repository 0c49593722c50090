using System.Text.Json.Nodes;
using Ibke.Runtime.Templates;
using Ibke.Runtime.Tokenization;

namespace Ibke.Runtime.Tests.Tokenization;

/// <summary>The tokenizer and template that stand in for those of the reference models, whose 160 tokens have no text of their own.</summary>
public sealed class TinyTokenizerTests
{
    private static readonly string _folder = Path.Combine(GoldenFiles.Committed, "tokenizers", "tiny-160");
    private static readonly Tokenizer _tokenizer = Tokenizer.Load(_folder);

    [Fact]
    public void Encode_PrintableAscii_ComesBack()
    {
        string text = string.Concat(Enumerable.Range(32, 95).Select(c => (char)c)) + "\t\n the user's {\"name\": true}\u00e9\u20ac\U0001F600";

        Assert.Equal(text, _tokenizer.Decode(_tokenizer.Encode(text)));
    }

    [Fact]
    public void Tokens_EveryIdOfTheReferenceModels_HasAText()
    {
        Assert.Equal(160, _tokenizer.VocabularySize);
        Assert.All(Enumerable.Range(0, 160), id => Assert.NotNull(_tokenizer.TokenText(id)));
        Assert.Equal(2, _tokenizer.FindId(_tokenizer.EosToken!));
    }

    [Fact]
    public void Template_ConversationWithToolCall_IsChatMl()
    {
        JsonArray messages = JsonNode.Parse("""
            [{"role": "system", "content": "S"}, {"role": "user", "content": "Hi"},
             {"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": {"a": 1}}}]}, {"role": "tool", "content": "3"}]
            """)!.AsArray();
        JsonArray tools = JsonNode.Parse("""[{"type": "function", "function": {"name": "f"}}]""")!.AsArray();

        string text = ChatTemplate.Load(_folder)!.Render(messages, tools);

        Assert.Equal(
            """
            <|im_start|>system
            S

            Call a function as <tool_call>{"name": ..., "arguments": {...}}</tool_call>. Functions:
            {"name": "f"}<|im_end|>
            <|im_start|>user
            Hi<|im_end|>
            <|im_start|>assistant
            <tool_call>{"name": "f", "arguments": {"a": 1}}</tool_call><|im_end|>
            <|im_start|>tool
            <tool_response>3</tool_response><|im_end|>
            <|im_start|>assistant

            """.ReplaceLineEndings("\n"),
            text);
    }
}
