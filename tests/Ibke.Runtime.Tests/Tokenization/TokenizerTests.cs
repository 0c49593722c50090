using System.Text.Json;
using Ibke.Runtime.Tokenization;

namespace Ibke.Runtime.Tests.Tokenization;

public sealed class TokenizerTests
{
    private static readonly Tokenizer s_atlas = GoldenTokenizers.Atlas;

    [Fact]
    public void Encode_PromptsOfTheEmbeddedModel_GivesTheIdsItWasTrainedOn()
    {
        JsonElement expected = GoldenTokenizers.Read(Path.Combine(GoldenFiles.Committed, "atlas"), "expected.json");
        JsonElement[] prompts = [.. expected.GetProperty("unedited").EnumerateArray()];

        Assert.NotEmpty(prompts);
        Assert.All(prompts, item => Assert.Equal(item.Ids("ids"), s_atlas.Encode(item.Text("prompt"))));
    }

    [Fact]
    public void Tokens_OfTheEmbeddedModel_AreFoundByTextAndId()
    {
        Assert.Equal((1, 2, 3068), (s_atlas.FindId("<|im_start|>"), s_atlas.FindId("<|im_end|>"), s_atlas.FindId("<tool_call>")));
        Assert.Equal("<|im_end|>", s_atlas.TokenText(2));
        Assert.Equal((true, false), (s_atlas.IsSpecial(2), s_atlas.IsSpecial(3068)));
        Assert.Equal(("<|im_end|>", null, "<|endoftext|>"), (s_atlas.EosToken, s_atlas.BosToken, s_atlas.PadToken));
        Assert.Equal(3072, s_atlas.VocabularySize);
        Assert.Null(s_atlas.FindId("no such token"));
        Assert.Null(s_atlas.TokenText(3072));
        Assert.Null(s_atlas.TokenText(-1));
    }

    [Fact]
    public void Decode_SpecialTokens_AreLeftOutUnlessAskedFor()
    {
        IReadOnlyList<int> ids = s_atlas.Encode("<|im_start|>user\n<tool_call>x</tool_call><|im_end|>");

        Assert.Equal("user\n<tool_call>x</tool_call>", s_atlas.Decode(ids));
        Assert.Equal("<|im_start|>user\n<tool_call>x</tool_call><|im_end|>", s_atlas.Decode(ids, skipSpecialTokens: false));
    }

    [Fact]
    public void TokenBytes_AllTokensOfAText_AreItsUtf8()
    {
        const string text = "Who leads\u00e9 \u4f60\U0001F600<tool_call>";
        IReadOnlyList<int> ids = s_atlas.Encode("<|im_start|>" + text);

        byte[] bytes = [.. ids.SelectMany((id, i) => s_atlas.TokenBytes(id, isFirst: i == 1))];

        Assert.Equal(text, System.Text.Encoding.UTF8.GetString(bytes));
        Assert.Empty(s_atlas.TokenBytes(ids[0]));
        Assert.Empty(s_atlas.TokenBytes(-1));
        Assert.Empty(s_atlas.TokenBytes(s_atlas.VocabularySize));
    }

    [Fact]
    public void Encode_LoneSurrogates_CountAsReplacementCharacters()
    {
        // Attributes cannot hold lone surrogates, so these are no theory.
        (string Text, string Same)[] cases =
        [
            ("a\uD800b", "a\uFFFDb"),
            ("\uDC00", "\uFFFD"),
            ("\uDE00\uD83D", "\uFFFD\uFFFD"),
            ("\uD83D<|im_end|>", "\uFFFD<|im_end|>"),
        ];

        foreach ((string text, string same) in cases)
        {
            Assert.Equal(s_atlas.Encode(same), s_atlas.Encode(text));
            Assert.Equal(same, s_atlas.Decode(s_atlas.Encode(text), skipSpecialTokens: false));
        }
    }

    [Fact]
    public void Encode_Null_Throws() => Assert.Throws<ArgumentNullException>(() => s_atlas.Encode(null!));

    [Fact]
    public void Stream_CharacterOverSeveralTokens_IsHandedOutWhole()
    {
        IReadOnlyList<int> ids = s_atlas.Encode("a\U0001F600b");
        Assert.True(ids.Count > 3, "The test needs a character of several tokens.");
        TokenStream stream = s_atlas.CreateStream();

        string[] emitted = [.. ids.Select(stream.Append), stream.Flush()];

        Assert.Equal("a\U0001F600b", string.Concat(emitted));
        Assert.DoesNotContain(emitted, text => text.Contains('\uFFFD') || (text.Length == 1 && char.IsSurrogate(text[0])));
        Assert.Equal("a", stream.Append(ids[0]));
    }

    [Fact]
    public void Encode_FromManyThreads_GivesTheSameIds()
    {
        string[] texts = [.. Enumerable.Range(0, 400).Select(i => $"Where does person {i} of Item{i % 7} live? \u00e9\u4f60{i}")];
        Tokenizer tokenizer = Tokenizer.Load(Path.Combine(GoldenFiles.RepositoryRoot, "samples", "models", "atlas"));
        int[][] expected = [.. texts.Select(text => s_atlas.Encode(text).ToArray())];

        int[][] actual = new int[texts.Length][];
        Parallel.For(0, 8 * texts.Length, i => actual[i % texts.Length] = [.. tokenizer.Encode(texts[i % texts.Length])]);

        Assert.Equal(expected, actual);
    }
}
