using System.Text.Json;
using Ibke.Runtime.Tokenization;

namespace Ibke.Runtime.Tests.Tokenization;

/// <summary>Agreement with the reference library, to the id and to the character.</summary>
[Trait("Category", "Golden")]
public sealed class TokenizerGoldenTests
{
    public static TheoryData<string> All => [.. GoldenTokenizers.All];

    [Theory]
    [MemberData(nameof(All))]
    public void Encode_ReferenceTexts_GivesTheirIds(string folder)
    {
        Tokenizer tokenizer = GoldenTokenizers.Load(folder);
        List<string> failures = [];
        foreach (JsonElement item in GoldenTokenizers.Read(folder, "cases.json").EnumerateArray())
        {
            string text = item.Text("text");
            Compare(failures, text, item.Ids("ids"), tokenizer.Encode(text, addSpecialTokens: true));
            Compare(failures, text, item.Ids("ids_without_special"), tokenizer.Encode(text));
        }

        Assert.Empty(failures);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Decode_ReferenceIds_GivesTheirTexts(string folder)
    {
        Tokenizer tokenizer = GoldenTokenizers.Load(folder);
        foreach (JsonElement item in GoldenTokenizers.Read(folder, "cases.json").EnumerateArray())
        {
            Assert.Equal(item.Text("decoded"), tokenizer.Decode(item.Ids("ids"), skipSpecialTokens: false));
            Assert.Equal(item.Text("decoded_skip_special"), tokenizer.Decode(item.Ids("ids")));
        }

        foreach (JsonElement item in GoldenTokenizers.Read(folder, "decode.json").GetProperty("decode").EnumerateArray())
        {
            Assert.Equal(item.Text("decoded"), tokenizer.Decode(item.Ids("ids"), item.GetProperty("skip_special_tokens").GetBoolean()));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Stream_ReferenceIds_HandsOutTheSameTextAtEveryToken(string folder)
    {
        Tokenizer tokenizer = GoldenTokenizers.Load(folder);
        foreach (JsonElement item in GoldenTokenizers.Read(folder, "decode.json").GetProperty("stream").EnumerateArray())
        {
            TokenStream stream = tokenizer.CreateStream();
            string[] emitted = [.. item.Ids("ids").Select(stream.Append)];
            string flushed = stream.Flush();

            Assert.Equal(item.Text("full"), string.Concat(emitted) + flushed);
            if (!IsEncodedSurrogate(item.Text("full")))
            {
                Assert.Equal(item.GetProperty("emitted").EnumerateArray().Select(text => text.GetString()!), emitted);
                Assert.Equal(item.Text("flush"), flushed);
            }
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void EncodeWithOffsets_ReferenceTexts_GivesTokensAndTheirPlaces(string folder)
    {
        Tokenizer tokenizer = GoldenTokenizers.Load(folder);
        List<string> failures = [];
        foreach (JsonElement item in GoldenTokenizers.Read(folder, "cases.json").EnumerateArray().Where(item => item.TryGetProperty("offsets", out _)))
        {
            string text = item.Text("text");
            int[] characters = CharacterOfUnit(text);
            IReadOnlyList<EncodedToken> tokens = tokenizer.EncodeWithOffsets(text, addSpecialTokens: true);

            Compare(failures, text, item.Ids("ids"), [.. tokens.Select(token => token.Id)]);
            Compare(
                failures, text, [.. item.GetProperty("offsets").EnumerateArray().SelectMany(range => range.EnumerateArray().Select(end => end.GetInt32()))],
                [.. tokens.SelectMany(token => new[] { characters[token.Start], characters[token.End] })]);
            Assert.Equal(item.GetProperty("tokens").EnumerateArray().Select(token => token.GetString()), tokens.Select(token => token.Text));
            Compare(failures, text, tokenizer.Encode(text), [.. tokenizer.EncodeWithOffsets(text).Select(token => token.Id)]);
        }

        Assert.Empty(failures);
    }

    /// <summary>
    /// The bytes of a surrogate (ED A0 80): the reference waits for the third although the second already makes them invalid,
    /// as the decoder of .NET knows.
    /// </summary>
    private static bool IsEncodedSurrogate(string full) => full == "\uFFFD\uFFFD\uFFFD";

    /// <summary>For every UTF-16 unit, and the end, how many characters come before it.</summary>
    public static int[] CharacterOfUnit(string text)
    {
        int[] characters = new int[text.Length + 1];
        for (int i = 0; i < text.Length; i++)
        {
            characters[i + 1] = characters[i] + (char.IsHighSurrogate(text[i]) ? 0 : 1);
        }

        return characters;
    }

    private static void Compare(List<string> failures, string text, IReadOnlyList<int> expected, IReadOnlyList<int> actual)
    {
        if (!expected.SequenceEqual(actual) && failures.Count < 20)
        {
            string shown = JsonSerializer.Serialize(text.Length <= 80 ? text : text[..80]);
            failures.Add($"{shown}: expected {string.Join(' ', expected.Take(40))}, got {string.Join(' ', actual.Take(40))}");
        }
    }
}
