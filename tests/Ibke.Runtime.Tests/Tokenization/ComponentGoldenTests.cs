using System.Globalization;
using System.Text.Json;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Tokenization.Decoders;
using Ibke.Runtime.Tokenization.Normalizers;
using Ibke.Runtime.Tokenization.PreTokenizers;

namespace Ibke.Runtime.Tests.Tokenization;

/// <summary>Single components against the reference library, for all texts of components.json.</summary>
[Trait("Category", "Golden")]
public sealed class ComponentGoldenTests : IDisposable
{
    private static readonly string[] s_supportedNormalizers =
        ["Sequence", "NFC", "NFD", "NFKC", "NFKD", "Lowercase", "Replace", "Prepend", "Strip", "StripAccents"];

    private static readonly string[] s_supportedPreTokenizers = ["Split", "ByteLevel", "Digits", "Punctuation", "Whitespace", "WhitespaceSplit"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Normalizers_ReferenceTexts_GiveTheSame()
    {
        foreach ((ConfigFile json, JsonElement cases) in Components("normalizers", "normalizer", s_supportedNormalizers))
        {
            Normalizer normalizer = Normalizer.Read(json);
            foreach (JsonElement item in cases.EnumerateArray())
            {
                Assert.Equal(item[1].GetString(), normalizer.Normalize(item[0].GetString()!));
            }
        }
    }

    [Fact]
    public void PreTokenizers_ReferenceTexts_GiveTheSamePieces()
    {
        foreach ((ConfigFile json, JsonElement cases) in Components("pre_tokenizers", "pre_tokenizer", s_supportedPreTokenizers))
        {
            PreTokenizer preTokenizer = PreTokenizer.Read(json);
            foreach (JsonElement item in cases.EnumerateArray())
            {
                PieceList pieces = new();
                preTokenizer.Split(item[0].GetString(), pieces);

                Assert.Equal(
                    item[1].EnumerateArray().Select(piece => piece[0].GetString()),
                    Enumerable.Range(0, pieces.Count).Select(i => pieces[i].ToString()));
            }
        }
    }

    [Fact]
    public void Decoders_ReferenceTokens_GiveTheSameText()
    {
        foreach ((ConfigFile json, JsonElement cases) in Components("decoders", "decoder", ["ByteLevel"]))
        {
            foreach (JsonElement item in cases.EnumerateArray())
            {
                DecoderRun run = TokenDecoder.Read(json).Begin();
                string text = string.Concat(item[0].EnumerateArray().Select(token => run.Append(token.GetString()!))) + run.Flush();
                Assert.Equal(item[1].GetString(), text);
            }
        }
    }

    private IEnumerable<(ConfigFile, JsonElement)> Components(string list, string key, string[] supported)
    {
        int count = 0;
        foreach (JsonElement item in GoldenFiles.FilesNamed("components.json").SelectMany(file => GoldenTokenizers.Read(Path.GetDirectoryName(file)!, "components.json").GetProperty(list).EnumerateArray()))
        {
            JsonElement component = item.GetProperty(key);
            if (component.ValueKind == JsonValueKind.Object && supported.Contains(component.Text("type")))
            {
                string name = (count++).ToString(CultureInfo.InvariantCulture);
                File.WriteAllText(_folder[name], component.GetRawText());
                yield return (ConfigFile.Open(_folder.Path, name), item.GetProperty("cases"));
            }
        }

        Assert.True(count > 0, $"No supported component among the {list}.");
    }
}
