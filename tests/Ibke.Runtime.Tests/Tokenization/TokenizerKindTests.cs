using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Tokenization;

namespace Ibke.Runtime.Tests.Tokenization;

/// <summary>What holds for tokenizers of every kind.</summary>
[Trait("Category", "Golden")]
public sealed class TokenizerKindTests : IDisposable
{
    /// <summary>Words, white space and any characters; not the mark of a space, which decodes to one.</summary>
    private static readonly Gen<string> s_texts = Gen.OneOf(
            Gen.Elements(" ", "  ", "\n", "\t", "Who", " leads", "'s", "...", "1", "23", "e\u0301", "\u00e9", "\u4f60", "\U0001F600", "\uFFFD", "\0", "<0x41>"),
            Gen.Choose(0, 0x10FFFF).Where(codePoint => Rune.IsValid(codePoint) && codePoint != 0x2581).Select(codePoint => new Rune(codePoint).ToString()))
        .ListOf().Select(string.Concat);

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> All => [.. GoldenTokenizers.All];

    public static TheoryData<string> Lossless => [.. GoldenTokenizers.All.Where(folder => Path.GetFileName(folder) is "llama2-small" or "gemma-small" or "real-llama2")];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Lossless))]
    public void Decode_WhatWasEncodedWithBytes_GivesTheTextBack(string folder)
    {
        Tokenizer tokenizer = GoldenTokenizers.Load(folder);
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300),
            Prop.ForAll(s_texts.ToArbitrary(), text => Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text), skipSpecialTokens: false))));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void EncodeWithOffsets_AnyText_HasPlacesInTheTextAndTheIdsOfEncode(string folder)
    {
        Tokenizer tokenizer = GoldenTokenizers.Load(folder);
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(100),
            Prop.ForAll(s_texts.ToArbitrary(), text =>
            {
                IReadOnlyList<EncodedToken> tokens = tokenizer.EncodeWithOffsets(text, addSpecialTokens: true);
                Assert.Equal(tokenizer.Encode(text, addSpecialTokens: true), tokens.Select(token => token.Id));
                Assert.All(tokens, token => Assert.True(token.Start >= 0 && token.Start <= token.End && token.End <= text.Length));
                Assert.All(tokens, token => Assert.Equal(text[token.Range], string.Concat(text[token.Range].EnumerateRunes())));
            }));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Stream_AnyIds_NeverTakesTextBack(string folder)
    {
        Tokenizer tokenizer = GoldenTokenizers.Load(folder);
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(100),
            Prop.ForAll(Gen.Choose(-2, tokenizer.VocabularySize + 2).ListOf().ToArbitrary(), Gen.Elements(true, false).ToArbitrary(), (ids, skip) =>
            {
                TokenStream stream = tokenizer.CreateStream(skip);
                string[] parts = [.. ids.Select(stream.Append), stream.Flush()];
                Assert.Equal(tokenizer.Decode(ids, skip), string.Concat(parts));
                Assert.All(parts, part => Assert.Equal(part, string.Concat(part.EnumerateRunes())));
            }));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void TokenBytes_TokensOfATextWithoutInvalidBytes_AreItsDecoding(string folder)
    {
        Tokenizer tokenizer = GoldenTokenizers.Load(folder);
        foreach (string text in new[] { "Who leads the item?", " two  words", "caf\u00e9 \u4f60\U0001F600 1234\n", "x" })
        {
            int[] ids = [.. tokenizer.Encode(text, addSpecialTokens: true).Where(id => !tokenizer.IsSpecial(id))];
            byte[] bytes = [.. ids.SelectMany((id, i) => tokenizer.TokenBytes(id, isFirst: i == 0))];
            Assert.Equal(tokenizer.Decode(ids), Encoding.UTF8.GetString(bytes));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Encode_VeryLongWords_GivesWhatAStreamDecodes(string folder)
    {
        Tokenizer tokenizer = GoldenTokenizers.Load(folder);
        foreach (string unit in new[] { "a", " ", "ab", "\u4f60", "\u0301", "=" })
        {
            string text = string.Concat(Enumerable.Repeat(unit, 100_000));
            Assert.InRange(tokenizer.Encode(text).Count, 0, Encoding.UTF8.GetByteCount(text) + 1);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Load_AnyBytesOfAFileChanged_LoadsOrSaysWhatIsWrong(string folder)
    {
        byte[] valid = File.ReadAllBytes(Path.Combine(folder, "tokenizer.json"));
        if (valid.Length > 500_000)
        {
            valid = Encoding.UTF8.GetBytes(Shortened(valid));
        }

        Random random = new(1);
        for (int i = 0; i < 10; i++)
        {
            byte[] changed = [.. valid];
            for (int k = 0; k < 4; k++)
            {
                changed[random.Next(changed.Length)] = (byte)random.Next(128);
            }

            File.WriteAllBytes(_folder["tokenizer.json"], i == 9 ? changed[..random.Next(changed.Length)] : changed);
            try
            {
                Tokenizer tokenizer = Tokenizer.Load(_folder.Path);
                Assert.NotNull(tokenizer.Decode(tokenizer.Encode("abc <s> cab \u4f60\U0001F600 e\u0301")));
            }
            catch (CheckpointException error)
            {
                Assert.Contains("tokenizer.json", error.Message);
            }
        }
    }

    /// <summary>A large vocabulary without its merges, so that it is read quickly.</summary>
    private static string Shortened(byte[] tokenizer)
    {
        JsonNode json = JsonNode.Parse(tokenizer)!;
        json["model"]!["merges"] = new JsonArray();
        return json.ToJsonString();
    }
}
