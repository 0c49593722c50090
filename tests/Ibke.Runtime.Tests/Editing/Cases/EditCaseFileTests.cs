using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Editing.Cases;
using Ibke.Runtime.Tests.Fuzzing;

namespace Ibke.Runtime.Tests.Editing.Cases;

public sealed class EditCaseFileTests : IDisposable
{
    private const string Own = """
        {"id": 7, "subject": "Jade Foods", "relation": "headquarters", "prompt": " Where is Jade Foods based? ", "answer": "Tamfield", "previous": "Selmouth", "kind": "known",
         "rephrasings": ["Where does Jade Foods sit?"], "cloze": ["Jade Foods is based in", {"prompt": "The home of Jade Foods is", "end": "."}],
         "conversations": [{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}, {"role": "user", "content": "Where is Jade Foods based?"}]},
                           {"messages": [{"role": "user", "content": "Where is Jade Foods based?"}], "tools": [{"type": "function", "function": {"name": "list"}}]}],
         "locality": ["Who leads Jade Foods?", {"prompt": "Coral Motors is based in", "kind": "same_relation", "form": "cloze", "subject": "Coral Motors", "relation": "headquarters"}],
         "portability": [{"prompt": "Which company is based in Tamfield?", "answer": "Jade Foods", "kind": "reversed"}], "source": "the registry", "more": {"x": [1]}}
        """;

    private const string Flat = """{"case_id": 15736, "prompt": "Bigo Bay is located in", "target_new": "Africa", "subject": "Bigo Bay", "ground_truth": "Antarctica", "rephrase_prompt": "One gets to Bigo Bay by", "locality_prompt": "Inexpressible Island, in", "locality_ground_truth": "Antarctica"}""";

    private const string Nested = """{"case_id": 1, "requested_rewrite": {"prompt": "{} is located in", "relation_id": "P30", "target_new": {"str": "Africa", "id": "Q1"}, "target_true": {"str": "Antarctica"}, "subject": "Bigo Bay"}, "paraphrase_prompts": ["a", "b"], "neighborhood_prompts": ["c"]}""";

    private const string Zsre = """{"subject": "Watts Hall", "src": "What was the architect of Watts Hall?", "pred": "x", "rephrase": "Who designed Watts Hall?", "alt": "Lahti", "answers": ["Reed"], "loc": "nq question: who played desmond", "loc_ans": "Henry", "cond": "y"}""";

    private const string Templates = """{"capital": {"prompt": "What is the capital of {s}?", "rephrasings": ["Which city governs {s}?"], "cloze": ["The capital of {s} is"]}, "mayor": {"prompt": "Who governs {s}?"}}""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_OwnForm_GivesEveryField()
    {
        EditCase read = Read("a.jsonl", Own.ReplaceLineEndings(" "))[0];

        Assert.Equal(("7", "Jade Foods", "headquarters", "known"), (read.Id, read.Subject, read.Relation, read.Kind));
        Assert.Equal(("Where is Jade Foods based?", "Tamfield", "Selmouth", "the registry"), (read.Prompt, read.Answer, read.Previous, read.Source));
        Assert.Equal([new ClozePrompt("Jade Foods is based in"), new ClozePrompt("The home of Jade Foods is", ".")], read.Cloze);
        Assert.Equal(["in_chat", "with_tools"], read.Conversations.Select(conversation => conversation.Kind));
        Assert.Equal([3, 1], read.Conversations.Select(conversation => conversation.Messages.Count));
        Assert.Single(read.Conversations[1].Tools!);
        Assert.Equal(
            [new LocalityPrompt("Who leads Jade Foods?", "other"), new LocalityPrompt("Coral Motors is based in", "same_relation", PromptForm.Cloze, "Coral Motors", "headquarters")],
            read.Locality);
        Assert.Equal([new PortabilityPrompt("Which company is based in Tamfield?", "Jade Foods", "reversed")], read.Portability);
        EditRequest request = read.ToRequest();
        Assert.Equal((read.Prompt, read.Answer, read.Subject, read.Source), (request.Prompt, request.Answer, request.Subject, request.Source));
        Assert.Equal((read.Rephrasings, 1), (request.Rephrasings, request.Neighbours.Count));
    }

    [Theory]
    [InlineData("lines")]
    [InlineData("list")]
    public void Read_PublishedForms_AreToldApartByTheirFields(string layout)
    {
        string[] records = [Flat, Nested, Zsre, """{"question": "Who?", "answer": "I"}"""];

        IReadOnlyList<EditCase> read = Read("a.json", layout == "list" ? $"\uFEFF [\n{string.Join(",\n", records)}\n]" : string.Join("\n\n", records));

        Assert.Equal(["15736", "1"], read.Take(2).Select(item => item.Id));
        Assert.All(read.Take(2), item => Assert.Equal(
            ("Bigo Bay is located in", "Africa", "Bigo Bay", "Antarctica"), (item.Prompt, item.Answer, item.Subject, item.Previous)));
        Assert.Equal(["One gets to Bigo Bay by"], read[0].Rephrasings);
        Assert.Equal([new LocalityPrompt("Inexpressible Island, in", "same_relation")], read[0].Locality);
        Assert.Equal("P30", read[1].Relation);
        Assert.Equal(["a", "b"], read[1].Rephrasings);
        Assert.Equal(("What was the architect of Watts Hall?", "Lahti", "Reed"), (read[2].Prompt, read[2].Answer, read[2].Previous));
        Assert.Equal([new LocalityPrompt("nq question: who played desmond", "unrelated")], read[2].Locality);
        Assert.Equal("Who?", read[3].Prompt);
    }

    [Fact]
    public void Read_Csv_FillsTemplatesAndTakesOtherRowsAsNeighbours()
    {
        File.WriteAllText(_folder["a.templates.json"], Templates);
        IReadOnlyList<EditCase> read = Read("a.csv", "object,subject,relation\nOslo,Norway,capital\nRome,Italy,capital\n\"A, B\",Norway,mayor\n");

        Assert.Equal(("line 2", "What is the capital of Norway?", "Oslo"), (read[0].Id, read[0].Prompt, read[0].Answer));
        Assert.Equal(["Which city governs Norway?"], read[0].Rephrasings);
        Assert.Equal([new ClozePrompt("The capital of Norway is")], read[0].Cloze);
        Assert.Equal(
            [
                new LocalityPrompt("Who governs Norway?", "same_subject", PromptForm.Chat, "Norway", "mayor"),
                new LocalityPrompt("What is the capital of Italy?", "same_relation", PromptForm.Chat, "Italy", "capital"),
            ],
            read[0].Locality);
        Assert.Equal("A, B", read[2].Answer);
    }

    [Theory]
    [InlineData("a.jsonl", "not json", "line 1: The line is not JSON")]
    [InlineData("a.jsonl", "{\"prompt\": \"a\", \"answer\": \"b\"}\n[3]", "line 2: The line must be a JSON object")]
    [InlineData("a.jsonl", """{"prompt": "Who?"}""", "line 1: There is no \"answer\"")]
    [InlineData("a.jsonl", """{"prompt": "Who?", "answer": " "}""", "line 1: \"answer\" is blank")]
    [InlineData("a.jsonl", """{"prompt": "Who?", "answer": "\ud800"}""", "\"answer\" holds half a surrogate pair")]
    [InlineData("a.jsonl", """{"prompt": "Who?", "answer": "x", "rephrasings": ["a", 3]}""", "\"rephrasings[1]\" must be a text")]
    [InlineData("a.jsonl", """{"prompt": "Who?", "answer": "x", "cloze": [{"end": "."}]}""", "There is no \"cloze[0].prompt\"")]
    [InlineData("a.jsonl", """{"prompt": "Who?", "answer": "x", "locality": [{"prompt": "a", "form": "b"}]}""", "\"locality[0].form\" is \"b\"")]
    [InlineData("a.jsonl", """{"prompt": "Who?", "answer": "x", "portability": ["a"]}""", "\"portability[0]\" must be an object")]
    [InlineData("a.jsonl", """{"prompt": "Who?", "answer": "x", "conversations": [{"messages": []}]}""", "\"conversations[0].messages\" is missing or empty")]
    [InlineData("a.jsonl", """{"prompt": "Who?", "answer": "x", "conversations": [{"messages": [{"content": "a"}]}]}""", "\"conversations[0].messages[0]\" has no \"role\"")]
    [InlineData("a.json", "[\n{\"prompt\": \"a\", \"answer\": \"b\"},\n{\"prompt\": \"a\"}]", "line 3: There is no \"answer\"")]
    [InlineData("a.json", "[\n{\"prompt\": \"a\"", "line 2: The file is not a JSON list")]
    [InlineData("a.json", "[{\"prompt\": \"a\", \"answer\": \"b\"}] 3", "line 1: The file is not a JSON list")]
    [InlineData("a.json", "[]", "holds no edits")]
    [InlineData("a.jsonl", "\n", "holds no edits")]
    [InlineData("a.csv", "subject,relation\nA,capital", "line 1: The first line must name the columns")]
    [InlineData("a.csv", "subject,relation,object\nA,capital", "line 2: There is no object")]
    [InlineData("a.csv", "subject,relation,object\nA,river,B", "line 2: There are no templates for the relation \"river\"")]
    [InlineData("a.csv", "subject,relation,object\nA,\"river,B", "line 2: a quoted field is not closed")]
    public void Read_BadFile_NamesPlaceAndField(string name, string text, string problem)
    {
        File.WriteAllText(_folder["a.templates.json"], Templates);

        EditCaseException error = Assert.Throws<EditCaseException>(() => Read(name, text));

        Assert.StartsWith(_folder[name], error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "line 1: The file is not JSON")]
    [InlineData("[]", "must hold an object")]
    [InlineData("""{"a": 3}""", "\"a\" must be an object")]
    [InlineData("""{"a": {"prompt": "Who?"}}""", "must contain {s} exactly once")]
    public void Read_BadTemplates_NamesTheirFile(string templates, string problem)
    {
        File.WriteAllText(_folder["a.csv"], "subject,relation,object\nA,b,C");
        File.WriteAllText(_folder["t.json"], templates);

        EditCaseException error = Assert.Throws<EditCaseException>(() => EditCaseFile.Read(_folder["a.csv"], _folder["t.json"]));

        Assert.StartsWith(_folder["t.json"], error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MissingFile_SaysSo() =>
        Assert.Contains("no such file", Assert.Throws<EditCaseException>(() => EditCaseFile.Read(_folder["b.jsonl"])).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_AnyTexts_ComeBackTrimmed() => Prop.ForAll<NonNull<string>, NonNull<string>[]>((prompt, rephrasings) =>
    {
        string[] texts = [.. rephrasings.Select(text => Printable(text.Get))];
        string line = System.Text.Json.JsonSerializer.Serialize(new { prompt = Printable(prompt.Get), answer = "b", rephrasings = texts });

        EditCase read = Read("a.jsonl", line)[0];

        return read.Prompt == Printable(prompt.Get).Trim() && read.Rephrasings.SequenceEqual(texts.Select(text => text.Trim()));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Json_Damaged_IsRefusedOrRead() => FuzzRun.Run(
        1500,
        random =>
        {
            string text = random.Next(2) == 0 ? Own.ReplaceLineEndings(" ") + "\n" + Zsre : $"[{Flat},\n{Nested}]";
            return random.Next(3) == 0 ? Damage.Bytes(Encoding.UTF8.GetBytes(text), random) : Encoding.UTF8.GetBytes(Damage.Json(random.Next(2) == 0 ? Own : Nested, random).ReplaceLineEndings(" "));
        },
        bytes => Use("f.json", bytes),
        typeof(EditCaseException));

    [Fact]
    public void Csv_Damaged_IsRefusedOrRead()
    {
        File.WriteAllText(_folder["f.templates.json"], Templates);
        byte[] csv = Encoding.UTF8.GetBytes("subject,relation,object\nNorway,capital,Oslo\n\"A, B\",mayor,\"x\"\"y\"\n");
        FuzzRun.Run(800, random => Damage.Bytes(csv, random), bytes => Use("f.csv", bytes), typeof(EditCaseException));
    }

    // Whole characters, and never blank.
    private static string Printable(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) + "x";

    private void Use(string name, byte[] bytes)
    {
        File.WriteAllBytes(_folder[name], bytes);
        IReadOnlyList<EditCase> cases = EditCaseFile.Read(_folder[name]);
        Assert.All(cases, item => Assert.False(string.IsNullOrWhiteSpace(item.Prompt) || string.IsNullOrWhiteSpace(item.Answer)));
        Assert.All(cases.SelectMany(item => item.Conversations), conversation => Assert.NotEmpty(conversation.Messages.ToJsonString()));
    }

    private IReadOnlyList<EditCase> Read(string name, string text)
    {
        File.WriteAllText(_folder[name], text);
        return EditCaseFile.Read(_folder[name]);
    }
}
