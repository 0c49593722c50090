using System.Text.Json;
using System.Text.Json.Nodes;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Tests.Tokenization;
using Ibke.Runtime.Tokenization;

namespace Ibke.Runtime.Tests.Fuzzing;

/// <summary>A damaged <c>tokenizer.json</c> is refused by a <see cref="CheckpointException"/>, or gives a tokenizer that works on any text.</summary>
public sealed class TokenizerFuzzTests : IDisposable
{
    private static readonly string _tiny = File.ReadAllText(Path.Combine(GoldenFiles.Committed, "tokenizers", "tiny-160", "tokenizer.json"));

    private static readonly string[] _texts =
    [
        "", " ", "Hello  world!\n\tthe user's {\"name\": 10}", "<|im_start|>a<|im_end|>", "\u00e9e\u0301\u4f60\U0001F600\ud800x", new string('a', 3000), string.Concat(Enumerable.Repeat("1 \u0300 ", 200)),
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_DamagedFile_IsRefusedOrWorks() => FuzzRun.Run(
        700, random => random.Next(5) == 0 ? Damage.Encodable(Damage.Text(_tiny, random)) : Damage.Json(_tiny, random), Use, typeof(CheckpointException));

    /// <summary>Components of every kind, damaged, in place of those of a small byte-level tokenizer.</summary>
    [Fact]
    public void Load_DamagedComponents_IsRefusedOrWorks()
    {
        JsonElement components = GoldenTokenizers.Read(Path.GetDirectoryName(GoldenFiles.FilesNamed("components.json")[0])!, "components.json");
        (string Key, string Json)[] parts =
        [
            .. new[] { ("normalizers", "normalizer"), ("pre_tokenizers", "pre_tokenizer"), ("decoders", "decoder") }
                .SelectMany(kind => components.GetProperty(kind.Item1).EnumerateArray().Select(item => (kind.Item2, item.GetProperty(kind.Item2).GetRawText())))
                .Where(part => part.Item2.StartsWith('{')),
        ];
        FuzzRun.Run(
            700,
            random =>
            {
                JsonNode file = JsonNode.Parse(_tiny)!;
                for (int i = random.Next(1, 3); i > 0; i--)
                {
                    (string key, string json) = parts[random.Next(parts.Length)];
                    string damaged = random.Next(3) == 0 ? json : Damage.Json(json, random).Replace("\\ud800", "@half@", StringComparison.Ordinal);
                    file[key] = TryParse(damaged);
                }

                return Damage.Written(file);
            },
            Use,
            typeof(CheckpointException));
    }

    [Fact]
    public void Load_DamagedPattern_IsRefusedOrWorks()
    {
        string[] patterns =
        [
            @"'s|'t|'re| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", @"(?i:'s|'ll)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+",
            @"[\x{4E00}-\x{9FA5}]+|(?<=a)b|(?>c+)|\d{2,}?", @"^(?:a|b)*?\b.$",
        ];
        FuzzRun.Run(
            1500,
            random =>
            {
                JsonNode file = JsonNode.Parse(_tiny)!;
                file["pre_tokenizer"] = new JsonObject
                {
                    ["type"] = "Split", ["behavior"] = "Isolated", ["invert"] = random.Next(2) == 0,
                    ["pattern"] = new JsonObject { ["Regex"] = Damage.Encodable(Damage.Text(patterns[random.Next(patterns.Length)], random)) },
                };
                return file.ToJsonString();
            },
            Use,
            typeof(CheckpointException));
    }

    private static JsonNode? TryParse(string json)
    {
        try
        {
            return JsonNode.Parse(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Use(string json)
    {
        File.WriteAllText(_folder["tokenizer.json"], json);
        Tokenizer tokenizer = Tokenizer.Load(_folder.Path);
        foreach (string text in _texts)
        {
            IReadOnlyList<int> ids = tokenizer.Encode(text, addSpecialTokens: true);
            Assert.Equal(ids, tokenizer.EncodeWithOffsets(text, addSpecialTokens: true).Select(token => token.Id));
            Assert.NotNull(tokenizer.Decode(ids));
        }
    }
}
