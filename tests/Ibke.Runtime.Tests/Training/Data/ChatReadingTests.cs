using Ibke.Runtime.Templates;
using Ibke.Runtime.Tests.Templates;
using Ibke.Runtime.Training.Data;

namespace Ibke.Runtime.Tests.Training.Data;

public sealed class ChatReadingTests
{
    private const string TwoTurns = """
        {"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Who?"}, {"role": "assistant", "content": "Ann."},
        {"role": "user", "content": "Sure?"}, {"role": "assistant", "content": "Yes."}], "kind": "plain"}
        """;

    [Fact]
    public void Read_TwoReplies_LearnsBothWithTheirEnds()
    {
        TrainingDocument document = TinyChat.Read(TwoTurns);

        Assert.Equal(
            "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nWho?<|im_end|>\n<|im_start|>assistant\nAnn.<|im_end|>\n"
            + "<|im_start|>user\nSure?<|im_end|>\n<|im_start|>assistant\nYes.<|im_end|>\n",
            TinyChat.TextOf(document));
        Assert.Equal([("Ann.<|im_end|>", 1f), ("Yes.<|im_end|>", 1f)], TinyChat.Learned(document));
        Assert.Equal("plain", document.Kind);
    }

    [Fact]
    public void Read_LearnIsFalse_IsContextOnly()
    {
        TrainingDocument document = TinyChat.Read(TwoTurns.Replace("\"Ann.\"", "\"Ann.\", \"learn\": false", StringComparison.Ordinal));

        Assert.Equal([("Yes.<|im_end|>", 1f)], TinyChat.Learned(document));
    }

    [Fact]
    public void Read_MessagesBehindTheLastReply_AreLeftOut()
    {
        TrainingDocument document = TinyChat.Read(
            """{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}, {"role": "user", "content": "c"}]}""");

        Assert.EndsWith("assistant\nb<|im_end|>\n", TinyChat.TextOf(document), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Weight_IsThatOfEveryReply()
    {
        TrainingDocument document = TinyChat.Read(TwoTurns.Replace("\"kind\"", "\"weight\": 2.5, \"kind\"", StringComparison.Ordinal));

        Assert.Equal([("Ann.<|im_end|>", 2.5f), ("Yes.<|im_end|>", 2.5f)], TinyChat.Learned(document));
    }

    [Theory]
    [InlineData("""{"type": "function", "function": {"name": "find", "arguments": {"who": "Ann", "n": 1}}}""")]
    [InlineData("""{"function": {"name": "find", "arguments": "{\"who\":\"Ann\",\"n\":1}"}}""")]
    [InlineData("""{"name": "find", "arguments": {"who": "Ann", "n": 1}}""")]
    public void Read_CallInAnyCommonForm_IsWrittenByTheTemplate(string call)
    {
        TrainingDocument document = TinyChat.Read($$$"""
            {"messages": [{"role": "user", "content": "Find Ann."}, {"role": "assistant", "content": null, "tool_calls": [{{{call}}}]},
            {"role": "tool", "content": "42"}, {"role": "assistant", "content": "It is 42."}], "tools": [{"type": "function", "function": {"name": "find"}}]}
            """);

        Assert.StartsWith("<|im_start|>system\nTools:\nfind<|im_end|>\n", TinyChat.TextOf(document), StringComparison.Ordinal);
        Assert.Equal(
            ["<tool_call>{\"name\": \"find\", \"arguments\": {\"who\": \"Ann\", \"n\": 1}}</tool_call><|im_end|>", "It is 42.<|im_end|>"],
            TinyChat.Learned(document).Select(run => run.Text));
    }

    [Fact]
    public void Read_TokensThatAreQuoted_AreEncodedAsCharacters()
    {
        TrainingDocument document = TinyChat.Read(
            """{"messages": [{"role": "user", "content": "<|im_end|><tool_call>"}, {"role": "assistant", "content": "No <|im_end|>."}]}""");

        Assert.Equal(2, document.Ids.ToArray().Count(id => id == TinyChat.EndOfTurn));
        Assert.DoesNotContain(TinyChat.Tokenizer.FindId("<tool_call>")!.Value, document.Ids.ToArray());
        Assert.Equal([("No <|im_end|>.<|im_end|>", 1f)], TinyChat.Learned(document));
    }

    [Fact]
    public void Read_EmptyReply_LearnsToEndTheTurn()
    {
        TrainingDocument document = TinyChat.Read("""{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": ""}]}""");

        Assert.Equal([("<|im_end|>", 1f)], TinyChat.Learned(document));
    }

    [Fact]
    public void Read_TemplateDropsOldThoughts_GivesADocumentForEachReply()
    {
        ChatTemplate template = ChatTemplate.Parse(
            """
            {%- for m in messages %}{{ '<|im_start|>' + m.role + '\n' }}{% if m.role == 'assistant' and loop.last %}{{ '<think></think>' }}{% endif %}{{ m.content + '<|im_end|>\n' }}{% endfor -%}
            {%- if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif -%}
            """);

        IReadOnlyList<TrainingDocument> documents = TinyChat.ReadAll(TwoTurns, new DocumentReader(TinyChat.Tokenizer, template, TinyChat.Generation));

        Assert.Equal(
            [[("<think></think>Ann.<|im_end|>", 1f)], [("<think></think>Yes.<|im_end|>", 1f)]], documents.Select(TinyChat.Learned));
        Assert.Contains("assistant\nAnn.<|im_end|>", TinyChat.TextOf(documents[1]), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TemplateWithoutATokenThatEndsTurns_LearnsTheText()
    {
        TrainingDocument document = TinyChat.Read(
            """{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}""",
            new DocumentReader(TinyChat.Tokenizer, ChatTemplate.Plain, TinyChat.Generation));

        Assert.Equal("User: a\n\nAssistant: b\n\n", TinyChat.TextOf(document));
        Assert.Equal([(" b\n\n", 1f)], TinyChat.Learned(document));
    }

    [Theory]
    [InlineData("""{"messages": 1}""", "'messages' must be a list, found 1.")]
    [InlineData("""{"messages": [1]}""", "'messages[0]' must be an object, found 1.")]
    [InlineData("""{"messages": [{"content": "a"}]}""", "'messages[0].role' is missing.")]
    [InlineData("""{"messages": [{"role": " ", "content": "a"}]}""", "'messages[0].role' is blank.")]
    [InlineData("""{"messages": [{"role": 3, "content": "a"}]}""", "'messages[0].role' must be a text, found 3.")]
    [InlineData("""{"messages": [{"role": "user", "content": ["a"]}]}""", "'messages[0].content' must be a text")]
    [InlineData("""{"messages": [{"role": "assistant", "content": "a", "learn": "no"}]}""", "'messages[0].learn' must be true or false")]
    [InlineData("""{"messages": [{"role": "user", "content": "a"}]}""", "'messages' holds nothing to learn.")]
    [InlineData("""{"messages": []}""", "'messages' holds nothing to learn.")]
    [InlineData("""{"messages": [{"role": "assistant", "content": "a"}], "weight": -1}""", "'weight' must be a number of 0 or more, found -1.")]
    [InlineData("""{"messages": [{"role": "assistant", "content": "a"}], "tools": {}}""", "'tools' must be a list")]
    [InlineData("""{"messages": [{"role": "assistant", "tool_calls": [{}]}]}""", "'messages[0].tool_calls[0].name' is missing.")]
    [InlineData("""{"messages": [{"role": "assistant", "tool_calls": [{"name": "f", "arguments": "x"}]}]}""", "'messages[0].tool_calls[0].arguments' is no JSON")]
    [InlineData("""{"messages": [{"role": "assistant", "tool_calls": [{"name": "f", "arguments": "1"}]}]}""", "'messages[0].tool_calls[0].arguments' must be an object")]
    [InlineData("""{"messages": [{"role": "assistant", "content": "\ud800"}]}""", "'messages[0].content' holds half a surrogate pair.")]
    [InlineData("""{"messages": [{"role": "assistant", "content": "a", "content": "b"}]}""", "The line is not JSON")]
    [InlineData("""{"messages": [{"role": "assistant", "content": "a"}], "\udc00": 1}""", "The line is not JSON")]
    public void Read_LineIsNotInTheForm_NamesFileLineAndField(string json, string problem)
    {
        TrainingDataException thrown = Assert.Throws<TrainingDataException>(() => TinyChat.ReadAll(json));

        Assert.StartsWith("data.jsonl, line 7: ", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(problem, thrown.Message, StringComparison.Ordinal);
        Assert.Equal(("data.jsonl", 7), (thrown.File, thrown.Line));
    }

    [Fact]
    public void Read_TemplateRefuses_SaysWhatItSays()
    {
        ChatTemplate template = ChatTemplate.Parse("{{ raise_exception('no talking') }}");
        DocumentReader reader = new(TinyChat.Tokenizer, template, TinyChat.Generation);

        TrainingDataException thrown = Assert.Throws<TrainingDataException>(() => TinyChat.ReadAll(TwoTurns, reader));

        Assert.Contains("'messages' cannot be written by the chat template: no talking", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TemplateDoesNotGoOnAfterItsPrompt_NamesTheMessage()
    {
        ChatTemplate template = ChatTemplate.Parse("{% for m in messages %}{{ m.content }}\n{% endfor %}{% if add_generation_prompt %}Reply: {% endif %}");
        DocumentReader reader = new(TinyChat.Tokenizer, template, TinyChat.Generation);

        TrainingDataException thrown = Assert.Throws<TrainingDataException>(() => TinyChat.ReadAll(TwoTurns, reader));

        Assert.Contains("'messages[4]' cannot be learned", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NoTemplate_SaysSo()
    {
        DocumentReader reader = new(TinyChat.Tokenizer, template: null, TinyChat.Generation);

        TrainingDataException thrown = Assert.Throws<TrainingDataException>(() => TinyChat.ReadAll(TwoTurns, reader));

        Assert.Contains("the model has no chat template", thrown.Message, StringComparison.Ordinal);
    }

    /// <summary>Templates of many models, on one conversation: a reply is found exactly, or the reader says that it cannot be.</summary>
    [Fact]
    public void Read_TemplatesOfManyModels_LearnTheRepliesOnly()
    {
        Assert.NotEmpty(GoldenFiles.Templates);
        int learned = 0;
        List<string> refusals = [];
        foreach (string file in GoldenFiles.Templates)
        {
            string source = TemplateCase.ReadModelFile(file).First().Template;
            IReadOnlyList<TrainingDocument> documents;
            try
            {
                documents = TinyChat.ReadAll(TwoTurns, new DocumentReader(TinyChat.Tokenizer, ChatTemplate.Parse(source), TinyChat.Generation));
            }
            catch (TrainingDataException e)
            {
                Assert.Matches("cannot be written by the chat template|cannot be learned", e.Message);
                refusals.Add($"{Path.GetFileName(file)}: {e.Message}");
                continue;
            }

            string[] runs = [.. documents.SelectMany(TinyChat.Learned).Select(run => run.Text)];
            Assert.True(runs.Length == 2 && runs[0].Contains("Ann.", StringComparison.Ordinal) && runs[1].Contains("Yes.", StringComparison.Ordinal), file);
            Assert.DoesNotContain(runs, run => run.Contains("Who?", StringComparison.Ordinal) || run.Contains("Sure?", StringComparison.Ordinal));
            learned++;
        }

        Assert.True(learned > GoldenFiles.Templates.Count / 2, string.Join('\n', refusals));
    }
}
