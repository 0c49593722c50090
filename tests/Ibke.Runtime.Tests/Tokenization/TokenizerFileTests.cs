using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Tokenization;

namespace Ibke.Runtime.Tests.Tokenization;

public sealed class TokenizerFileTests : IDisposable
{
    private const string Valid =
        """
        {"added_tokens":[{"id":5,"content":"<s>","special":true}],
         "normalizer":null,"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false},
         "post_processor":null,"decoder":{"type":"ByteLevel"},
         "model":{"type":"BPE","unk_token":null,"vocab":{"a":0,"b":1,"c":2,"ab":3,"abc":4},"merges":[["a","b"],["ab","c"]]}}
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_SmallFile_Encodes()
    {
        Tokenizer tokenizer = Load(Valid);

        Assert.Equal([4, 5, 3, 0], tokenizer.Encode("abc<s>aba"));
        Assert.Equal("abcaba", tokenizer.Decode([4, 5, 3, 0]));
        Assert.Equal(6, tokenizer.VocabularySize);
        Assert.Null(tokenizer.EosToken);
    }

    [Theory]
    [InlineData("""{"type":"UnicodeScripts"}""", "pre_tokenizer", "'pre_tokenizer.type': the pre-tokenizer 'UnicodeScripts' is not supported. Supported are Sequence, Split")]
    [InlineData("""{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Other"}]}""", "normalizer", "'normalizer.normalizers[1].type': the normalizer 'Other' is not")]
    [InlineData("""{"type":"Precompiled"}""", "normalizer", "'normalizer.precompiled_charsmap' (a text) is missing")]
    [InlineData("""{"type":"Precompiled","precompiled_charsmap":"!"}""", "normalizer", "'normalizer.precompiled_charsmap': The input is not a valid Base-64 string")]
    [InlineData("""{"type":"Precompiled","precompiled_charsmap":"AAEAAAAA"}""", "normalizer", "'normalizer.precompiled_charsmap': the character map is cut off")]
    [InlineData("""{"type":"Metaspace","replacement":"ab"}""", "pre_tokenizer", "'pre_tokenizer.replacement': a single character")]
    [InlineData("""{"type":"Metaspace","prepend_scheme":"last"}""", "pre_tokenizer", "'pre_tokenizer.prepend_scheme': 'last' is unknown")]
    [InlineData("""{"type":"CTC"}""", "decoder", "the decoder 'CTC' is not supported. Supported are")]
    [InlineData("""{"type":"Strip","content":" ","start":-1,"stop":0}""", "decoder", "'decoder.start': a count")]
    [InlineData("""{"type":"Pair"}""", "post_processor", "the post-processor 'Pair' is not supported. Supported are")]
    [InlineData("""{"type":"WordPiece"}""", "model", "the model 'WordPiece' is not supported. Supported are BPE, Unigram and WordLevel.")]
    [InlineData("""{"type":"Unigram"}""", "model", "'model.vocab': a list of tokens with their scores")]
    [InlineData("""{"type":"Unigram","vocab":[["a"]]}""", "model", "'model.vocab[0]': a token and its score")]
    [InlineData("""{"type":"Unigram","vocab":[["a",0],["b","c"]]}""", "model", "'model.vocab[1]': a token and its score")]
    [InlineData("""{"type":"Unigram","vocab":[["a",1e999]]}""", "model", "'model.vocab[0]': a token and its score")]
    [InlineData("""{"type":"Unigram","unk_id":7,"vocab":[["a",0]]}""", "model", "'model.unk_id': 7 is not in the vocabulary")]
    [InlineData("""{"vocab":{}}""", "model", "the model '' is not supported")]
    [InlineData("null", "model", "'model': it is missing")]
    [InlineData("""{"type":"BPE","dropout":0.1}""", "model", "'model.dropout'")]
    [InlineData("""{"type":"BPE","merges":[]}""", "model", "'model.vocab': it is missing")]
    [InlineData("""{"type":"BPE","vocab":{"a":0}}""", "model", "'model.merges': a list is expected")]
    [InlineData("""{"type":"BPE","vocab":{"a":-1},"merges":[]}""", "model", "the token 'a' has the id -1")]
    [InlineData("""{"type":"BPE","vocab":{"a":0.5},"merges":[]}""", "model", "the token 'a' has the id 0.5")]
    [InlineData("""{"type":"BPE","vocab":{"\ud800":0},"merges":[]}""", "model", "not JSON")]
    [InlineData("""{"type":"BPE","vocab":{"a":0},"merges":[["\ud800","a"]]}""", "model", "'model.merges[0]': a text of whole characters")]
    [InlineData("""{"type":"BPE","vocab":{"a":0},"merges":["a b"]}""", "model", "'model.merges[0]': 'b' is not in the vocabulary")]
    [InlineData("""{"type":"BPE","vocab":{"a":0},"merges":["a a"]}""", "model", "'model.merges[0]': 'aa' is not in the vocabulary")]
    [InlineData("""{"type":"BPE","vocab":{"a":0},"merges":["a a a"]}""", "model", "'model.merges[0]': two tokens are expected")]
    [InlineData("""{"type":"BPE","vocab":{"a":0},"merges":[["a"]]}""", "model", "'model.merges[0]': two tokens are expected")]
    [InlineData("""{"type":"BPE","vocab":{"a":0},"merges":[],"unk_token":"?"}""", "model", "'model.unk_token': '?' is not in the vocabulary")]
    [InlineData("""[{"content":"x"}]""", "added_tokens", "'added_tokens[0].id' (a whole number) is missing")]
    [InlineData("""{"type":"BPE","vocab":{"a":2147483647},"merges":[]}""", "model", "the token 'a' has the id 2147483647")]
    [InlineData("""[{"id":2147483647,"content":"x"}]""", "added_tokens", "2147483647 is negative or too large")]
    [InlineData("""[{"id":16777216,"content":"x"}]""", "added_tokens", "16777216 is negative or too large")]
    [InlineData("""{"type":"BertProcessing","sep":["x",9],"cls":["<s>",5]}""", "post_processor", "it adds the id 9, which is not in the vocabulary")]
    [InlineData("""[{"id":-7,"content":"x"}]""", "added_tokens", "-7 is negative")]
    [InlineData("""["x"]""", "added_tokens", "'added_tokens[0]' must be an object")]
    [InlineData("""{"type":"Split","pattern":{"Regex":"(a"},"behavior":"Isolated"}""", "pre_tokenizer", "'pre_tokenizer.pattern.Regex': a ')' is missing")]
    [InlineData("""{"type":"Split","pattern":{"Regex":"a"},"behavior":"Chopped"}""", "pre_tokenizer", "'Chopped' is unknown")]
    [InlineData("""{"type":"Split","behavior":"Isolated"}""", "pre_tokenizer", "the pattern is missing")]
    [InlineData("""{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>"}}]}""", "post_processor", "the token '<s>' of the template is missing")]
    [InlineData("""{"type":"TemplateProcessing","single":[]}""", "post_processor", "no place for the text")]
    [InlineData("""{"type":"RobertaProcessing","cls":["<s>"]}""", "post_processor", "'post_processor.cls'")]
    public void Load_WhatCannotBeUsed_NamesFileAndPart(string part, string key, string expected)
    {
        JsonObject json = JsonNode.Parse(Valid)!.AsObject();
        json[key] = JsonNode.Parse("0");
        string text = json.ToJsonString().Replace($"\"{key}\":0", $"\"{key}\":{part}", StringComparison.Ordinal);

        CheckpointException error = Assert.Throws<CheckpointException>(() => Load(text));

        Assert.StartsWith(_folder["tokenizer.json"], error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public void Load_MissingOrTruncatedFile_SaysSo()
    {
        Assert.Contains("does not exist", Assert.Throws<CheckpointException>(() => Tokenizer.Load(_folder.Path)).Message);
        Assert.Contains("not JSON", Assert.Throws<CheckpointException>(() => Load(Valid[..100])).Message);
    }

    [Theory]
    [InlineData("\"<s>\"")]
    [InlineData("""{"content":"<s>","lstrip":false}""")]
    public void Load_NamedTokens_AreTextsOrObjects(string token)
    {
        File.WriteAllText(_folder["tokenizer_config.json"], $$"""{"bos_token":{{token}},"eos_token":null,"unk_token":"a"}""");

        Tokenizer tokenizer = Load(Valid);

        Assert.Equal(("<s>", null, "a"), (tokenizer.BosToken, tokenizer.EosToken, tokenizer.UnknownToken));
    }

    [Fact]
    public void Load_AnyBytesOfAFileChanged_LoadsOrSaysWhatIsWrong()
    {
        byte[] valid = Encoding.UTF8.GetBytes(Valid);
        Gen<(int At, byte Value)[]> mutations =
            (from at in Gen.Choose(0, valid.Length - 1) from value in Gen.Choose(0, 255) select (at, (byte)value)).NonEmptyListOf()
            .Select(list => list.Take(3).ToArray());

        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(1500),
            Prop.ForAll(mutations.ToArbitrary(), changes =>
            {
                byte[] bytes = [.. valid];
                foreach ((int at, byte value) in changes)
                {
                    bytes[at] = value;
                }

                File.WriteAllBytes(_folder["tokenizer.json"], bytes);
                try
                {
                    Tokenizer tokenizer = Tokenizer.Load(_folder.Path);
                    return tokenizer.Decode(tokenizer.Encode("abc <s> cab")) is not null;
                }
                catch (CheckpointException)
                {
                    return true;
                }
            }));
    }

    [Theory]
    [InlineData("normalizer", """{"type":"Sequence","normalizers":[""", "]}")]
    [InlineData("pre_tokenizer", """{"type":"Sequence","pretokenizers":[""", "]}")]
    [InlineData("added_tokens", "[", "]")]
    public void Load_NestedTenThousandDeep_SaysSo(string key, string opening, string closing)
    {
        string nested = string.Concat(Enumerable.Repeat(opening, 10_000)) + string.Concat(Enumerable.Repeat(closing, 10_000));
        JsonObject json = JsonNode.Parse(Valid)!.AsObject();
        json[key] = JsonNode.Parse("0");

        CheckpointException error = Assert.Throws<CheckpointException>(
            () => Load(json.ToJsonString().Replace($"\"{key}\":0", $"\"{key}\":{nested}", StringComparison.Ordinal)));

        Assert.Contains("not JSON", error.Message);
    }

    [Fact]
    public void Load_SpecialTokensMap_NamesWhatTheConfigurationLacks()
    {
        File.WriteAllText(_folder["special_tokens_map.json"], """{"bos_token":{"content":"<s>"},"eos_token":"b"}""");
        Assert.Equal(("<s>", "b"), (Load(Valid).BosToken, Load(Valid).EosToken));

        File.WriteAllText(_folder["tokenizer_config.json"], """{"bos_token":"a","eos_token":null}""");
        Assert.Equal(("a", "b"), (Load(Valid).BosToken, Load(Valid).EosToken));
    }

    [Fact]
    public void Load_MergesThatGoInCircles_EndAtTheSameTokens()
    {
        Tokenizer tokenizer = Load(Valid.Replace(
            """[["a","b"],["ab","c"]]""", """[["a","b"],["ab","c"],["a","b"],["ab","c"]]""", StringComparison.Ordinal));

        Assert.Equal([4, 4, 0], tokenizer.Encode("abcabca"));
    }

    [Fact]
    public void Encode_MarkedPartsOfWords_AreMergedByTheirPlace()
    {
        Tokenizer tokenizer = Load(
            """
            {"added_tokens":[],"pre_tokenizer":{"type":"WhitespaceSplit"},"decoder":{"type":"BPEDecoder","suffix":"</w>"},
             "model":{"type":"BPE","end_of_word_suffix":"</w>","vocab":{"a":0,"b":1,"a</w>":2,"b</w>":3,"ab</w>":4,"aab</w>":5},
             "merges":[["a","b</w>"],["a","ab</w>"]]}}
            """);

        Assert.Equal([4, 5, 1, 2], tokenizer.Encode("ab aab ba"));
        Assert.Equal("ab aab ba", tokenizer.Decode([4, 5, 1, 2]));
    }

    [Fact]
    public void Encode_WordLevel_TakesWholePieces()
    {
        Tokenizer tokenizer = Load(
            """
            {"added_tokens":[],"pre_tokenizer":{"type":"Whitespace"},"decoder":null,
             "model":{"type":"WordLevel","vocab":{"[UNK]":0,"who":1,"?":2},"unk_token":"[UNK]"}}
            """);

        Assert.Equal([1, 0, 2], tokenizer.Encode("who leads?"));
        Assert.Equal("who [UNK] ?", tokenizer.Decode([1, 0, 2]));
    }

    private Tokenizer Load(string json)
    {
        File.WriteAllText(_folder["tokenizer.json"], json);
        return Tokenizer.Load(_folder.Path);
    }
}
