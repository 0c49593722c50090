using System.Globalization;
using System.Text.Json;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Tokenization;
using Ibke.Runtime.Tokenization.Decoders;
using Ibke.Runtime.Tokenization.Normalizers;
using Ibke.Runtime.Tokenization.PreTokenizers;

namespace Ibke.Runtime.Tests.Tokenization;

/// <summary>Single components against the reference library, for all texts of components.json.</summary>
[Trait("Category", "Golden")]
public sealed class ComponentGoldenTests : IDisposable
{
    private static readonly string[] s_refused = ["UnicodeScripts", "WordPiece", "CTC"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Normalizers_ReferenceTexts_GiveTheSame()
    {
        foreach ((ConfigFile? json, JsonElement cases) in Components("normalizers", "normalizer"))
        {
            Normalizer normalizer = Normalizer.Read(json!);
            foreach (JsonElement item in cases.EnumerateArray())
            {
                List<int> sources = [];
                string text = item[0].GetString()!;
                string normalized = normalizer.Normalize(text, sources);

                Assert.Equal(item[1].GetString(), normalized);
                Assert.Equal(ReferenceEquals(text, normalized) ? 0 : normalized.Length, sources.Count);
                Assert.All(sources, source => Assert.InRange(source, RewrittenText.NoSource, text.Length - 1));
            }
        }
    }

    [Fact]
    public void PreTokenizers_ReferenceTexts_GiveTheSamePiecesAndPlaces()
    {
        foreach ((ConfigFile? json, JsonElement cases) in Components("pre_tokenizers", "pre_tokenizer"))
        {
            PreTokenizer preTokenizer = PreTokenizer.Read(json!);
            PieceBuffer pieces = new();
            foreach (JsonElement item in cases.EnumerateArray().Where(item => item[0].GetString() != ""))
            {
                string text = item[0].GetString()!;
                int[] characters = TokenizerGoldenTests.CharacterOfUnit(text);
                pieces.Reset(text, [.. Enumerable.Range(0, text.Length)]);
                preTokenizer.Split(pieces, writeBytes: true);

                Assert.Equal(item[1].EnumerateArray().Select(Expected), Enumerable.Range(0, pieces.Count).Select(i => Actual(pieces, i, text, characters)));
            }
        }

        static (string, int, int) Expected(JsonElement piece) => (piece[0].GetString()!, piece[1].GetInt32(), piece[2].GetInt32());

        static (string, int, int) Actual(PieceBuffer pieces, int index, string text, int[] characters)
        {
            ReadOnlySpan<int> sources = pieces.SourcesOf(index);
            (int start, int end) = NormalizedSection.RangeOf(sources[0], sources[^1], text);
            return (pieces[index].ToString(), characters[start], characters[end]);
        }
    }

    [Fact]
    public void Decoders_ReferenceTokens_GiveTheSameText()
    {
        foreach ((ConfigFile? json, JsonElement cases) in Components("decoders", "decoder"))
        {
            TokenDecoder decoder = TokenDecoder.Read(json);
            foreach (JsonElement item in cases.EnumerateArray())
            {
                DecodedText decoded = decoder.Begin();
                string text = string.Concat(item[0].EnumerateArray().Select(token => decoded.Append(token.GetString()!))) + decoded.Flush();
                Assert.Equal(item[1].GetString(), text);
            }
        }
    }

    [Fact]
    public void Read_RefusedComponents_AreNamed()
    {
        foreach (string kind in s_refused)
        {
            File.WriteAllText(_folder[kind], $$"""{"type":"{{kind}}"}""");
            ConfigFile json = ConfigFile.Open(_folder.Path, kind);
            Assert.Contains($"'{kind}' is not supported", Assert.Throws<CheckpointException>(() => PreTokenizer.Read(json)).Message);
            Assert.Contains($"'{kind}' is not supported", Assert.Throws<CheckpointException>(() => TokenDecoder.Read(json)).Message);
        }
    }

    private IEnumerable<(ConfigFile?, JsonElement)> Components(string list, string key)
    {
        int count = 0;
        foreach (JsonElement item in GoldenFiles.FilesNamed("components.json").SelectMany(file => GoldenTokenizers.Read(Path.GetDirectoryName(file)!, "components.json").GetProperty(list).EnumerateArray()))
        {
            JsonElement component = item.GetProperty(key);
            if (component.ValueKind == JsonValueKind.Null)
            {
                yield return (null, item.GetProperty("cases"));
            }
            else if (!s_refused.Contains(component.Text("type")))
            {
                string name = (count++).ToString(CultureInfo.InvariantCulture);
                File.WriteAllText(_folder[name], component.GetRawText());
                yield return (ConfigFile.Open(_folder.Path, name), item.GetProperty("cases"));
            }
        }

        Assert.True(count > 0, $"No supported component among the {list}.");
    }
}
