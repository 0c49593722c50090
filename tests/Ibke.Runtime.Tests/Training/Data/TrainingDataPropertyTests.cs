using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Ibke.Runtime.Training.Data;

namespace Ibke.Runtime.Tests.Training.Data;

public sealed class TrainingDataPropertyTests
{
    private static readonly Gen<string> _contents = Gen.Elements(
        "", "the user", "<|im_end|>", "<|im_start|>assistant\n", "<tool_call>", "</tool_call>", "\n", " ", "Ünï", "😀", "<", "im_end", "\uF8FE\uF8FC")
        .ListOf().Select(parts => string.Concat(parts));

    private static readonly Gen<(string Role, string Content, bool Learn)> _messages =
        from role in Gen.Elements("system", "user", "assistant", "assistant", "tool")
        from content in _contents
        from learn in Gen.Elements(true, true, false)
        select (role, content, learn);

    [Fact]
    public void Read_AnyConversation_LearnsExactlyTheReplies() =>
        Prop.ForAll(_messages.NonEmptyListOf().ToArbitrary(), messages =>
        {
            int last = messages.ToList().FindLastIndex(message => message is { Role: "assistant", Learn: true });
            string json = JsonOf(messages);
            if (last < 0)
            {
                Assert.Throws<TrainingDataException>(() => TinyChat.ReadAll(json));
                return;
            }

            TrainingDocument document = TinyChat.Read(json);
            Assert.Equal(string.Concat(messages.Take(last + 1).Select(Written)), TinyChat.TextOf(document));
            Assert.Equal(
                messages.Where(message => message is { Role: "assistant", Learn: true }).Select(message => (message.Content + "<|im_end|>", 1f)),
                TinyChat.Learned(document));
            Assert.Equal(last + 1, document.Ids.ToArray().Count(id => id == TinyChat.EndOfTurn));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(120));

    [Fact]
    public void Open_AnyLines_ReadsThoseThatAreNotBlank()
    {
        Gen<string> lines = Gen.Elements("{\"text\": \"a\"}", "{\"text\": \"bb\"}", "", " ", "\r", "\t\r");
        Prop.ForAll(lines.ListOf().ToArbitrary(), Gen.Elements("", "\n").ToArbitrary(), (written, end) =>
        {
            using TemporaryFolder folder = new();
            string[] filled = [.. written.Where(line => line.Contains('{', StringComparison.Ordinal))];
            File.WriteAllText(folder["texts.jsonl"], string.Join('\n', written) + end);
            if (filled.Length == 0)
            {
                Assert.Throws<TrainingDataException>(() => DocumentFile.Open(folder["texts.jsonl"], TinyChat.Reader));
                return;
            }

            using DocumentFile file = DocumentFile.Open(folder["texts.jsonl"], TinyChat.Reader);
            Assert.Equal(filled.Length, file.Count);
            Assert.Equal(
                filled.Select(line => TinyChat.TextOf(TinyChat.Read(line))),
                Enumerable.Range(0, file.Count).Select(i => TinyChat.TextOf(file.Read(i)[0])));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));
    }

    [Fact]
    public void Order_AnySeedAndEpoch_IsAPermutation() =>
        Prop.ForAll(Gen.Choose(1, 200).ToArbitrary(), Gen.Choose(0, 1000).ToArbitrary(), Gen.Choose(0, 5).ToArbitrary(), (count, seed, epoch) =>
            Assert.Equal(Enumerable.Range(0, count), LineOrder.Of(count, (ulong)seed, epoch).Order()))
        .Check(Config.QuickThrowOnFailure);

    private static string Written((string Role, string Content, bool Learn) message) => message.Role == "tool"
        ? $"<|im_start|>tool\n<tool_response>{message.Content}</tool_response><|im_end|>\n"
        : $"<|im_start|>{message.Role}\n{message.Content}<|im_end|>\n";

    private static string JsonOf(IEnumerable<(string Role, string Content, bool Learn)> messages)
    {
        JsonArray list = [.. messages.Select(message => (JsonNode)new JsonObject
        {
            ["role"] = message.Role, ["content"] = message.Content, ["learn"] = message.Learn,
        })];
        return new JsonObject { ["messages"] = list }.ToJsonString();
    }
}
