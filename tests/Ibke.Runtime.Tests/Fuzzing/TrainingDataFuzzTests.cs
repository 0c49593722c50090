using System.Text;
using Ibke.Runtime.Templates;
using Ibke.Runtime.Tests.Training.Data;
using Ibke.Runtime.Training.Data;

namespace Ibke.Runtime.Tests.Fuzzing;

/// <summary>Damaged lines of training data give documents of well-formed tokens or a <see cref="TrainingDataException"/>.</summary>
public sealed class TrainingDataFuzzTests
{
    private const string Chat = """
        {"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Find <tool_call> Ann."},
        {"role": "assistant", "content": null, "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "find", "arguments": {"who": "Ann", "n": [1, 2.5]}}}]},
        {"role": "tool", "content": "42", "tool_call_id": "c1"}, {"role": "assistant", "content": "42", "learn": false},
        {"role": "assistant", "content": "It is 42 \ud83d\ude00.", "tag": "correct:call"}],
        "tools": [{"type": "function", "function": {"name": "find", "description": "Finds.", "parameters": {"type": "object", "properties": {"who": {"type": "string"}}}}}],
        "kind": "tools", "weight": 1.5}
        """;

    private const string Text = """{"parts": [["The CEO of X is", 0.1], [" Y.", 1.0]], "kind": "statement", "weight": 2}""";

    // A template of another model takes messages apart in another way.
    private static readonly DocumentReader[] _readers = [TinyChat.Reader, new(TinyChat.Tokenizer, ChatTemplate.Plain, TinyChat.Generation)];

    [Fact]
    public void Chat_DamagedJson_IsRefusedOrRead() =>
        FuzzRun.Run(1500, random => Encoding.UTF8.GetBytes(Damage.Json(Chat, random)), Use, typeof(TrainingDataException));

    [Fact]
    public void Text_DamagedJson_IsRefusedOrRead() =>
        FuzzRun.Run(1500, random => Encoding.UTF8.GetBytes(Damage.Json(Text, random)), Use, typeof(TrainingDataException));

    [Fact]
    public void Line_DamagedBytes_IsRefusedOrRead() => FuzzRun.Run(
        1500, random => Damage.Bytes(Encoding.UTF8.GetBytes(random.Next(2) == 0 ? Chat : Text), random), Use, typeof(TrainingDataException));

    private static void Use(byte[] line)
    {
        foreach (DocumentReader reader in _readers)
        {
            foreach (TrainingDocument document in reader.Read("data.jsonl", 1, line))
            {
                Assert.All(document.Ids.ToArray(), id => Assert.InRange(id, 0, TinyChat.Tokenizer.VocabularySize - 1));
                Assert.All(document.Weights.ToArray(), weight => Assert.True(weight >= 0 && float.IsFinite(weight)));
            }
        }
    }
}
