using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Ibke.Runtime.Tokenization;

namespace Ibke.Runtime.Tests.Tokenization;

/// <summary>Text that quotes the tokens of a tokenizer, of whatever kind, is encoded as characters.</summary>
[Trait("Category", "Golden")]
public sealed class LiteralTextTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> All => [.. GoldenTokenizers.All];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(All))]
    public void EncodeMarked_QuotedTokens_AreNeverTokens(string folder)
    {
        Tokenizer tokenizer = GoldenTokenizers.Load(folder);
        Tokenizer plain = LoadWithoutTokens(folder);
        LiteralText literal = tokenizer.MarksFor(tokenizer.AddedTokens);
        HashSet<int> added = [.. tokenizer.AddedTokens.Select(token => tokenizer.FindId(token)!.Value)];

        // A unigram model also cuts other text differently when its own special tokens are not to be made.
        bool compares = GoldenTokenizers.Read(folder, "tokenizer.json").GetProperty("model").Text("type") != "Unigram";

        // Characters outside the vocabulary are the unknown token, quoted or not.
        int unknown = tokenizer.FindId("<unk>") ?? tokenizer.FindId("[UNK]") ?? -1;

        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(200),
            Prop.ForAll(Texts(tokenizer).ToArbitrary(), text =>
            {
                string marked = literal.MarkTokens(text);
                IReadOnlyList<int> ids = tokenizer.EncodeMarked(marked);

                // Tokens of the model itself, such as words of the language, are what they are without added tokens.
                HashSet<int> ofTheModel = [.. plain.Encode(text)];
                Assert.DoesNotContain(ids, id => tokenizer.IsSpecial(id) && id != unknown);
                Assert.DoesNotContain(ids, id => added.Contains(id) && id != unknown && !ofTheModel.Contains(id));
                if (compares && !plain.Encode(text).Any(added.Contains))
                {
                    Assert.Equal(plain.Encode(text), ids);
                }
            }));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void EncodeMarked_TokensBesideQuotedOnes_KeepTheirMeaning(string folder)
    {
        Tokenizer tokenizer = GoldenTokenizers.Load(folder);
        LiteralText literal = tokenizer.MarksFor(tokenizer.AddedTokens);
        foreach (string token in tokenizer.AddedTokens.Where(token => tokenizer.IsSpecial(tokenizer.FindId(token)!.Value)).Take(20))
        {
            int id = tokenizer.FindId(token)!.Value;
            Assert.Contains(id, tokenizer.EncodeMarked($"{token} {literal.MarkTokens("Hi")}"));
            Assert.Equal(1, tokenizer.EncodeMarked($"{token} {literal.MarkTokens(token)}").Count(found => found == id));
            Assert.Equal(tokenizer.Encode($"{token} a\uF8FE\uF8FC"), tokenizer.EncodeMarked(token + literal.MarkTokens(" a\uF8FE\uF8FC")));
        }
    }

    /// <summary>Texts of tokens, of parts and of changed forms of them, of the mark's own characters and of others.</summary>
    private static Gen<string> Texts(Tokenizer tokenizer)
    {
        string[] tokens = [.. tokenizer.AddedTokens.Take(40)];
        string[] parts = [.. tokens.Select(token => token[..(token.Length / 2)]), .. tokens.Select(token => token[(token.Length / 2)..])];
        string[] changed = [.. tokens.Select(token => token.ToUpperInvariant()), .. tokens.Select(token => token.ToLowerInvariant())];
        return Gen.OneOf(
                Gen.Elements(tokens),
                Gen.Elements(parts),
                Gen.Elements(changed),
                Gen.Elements("\uF8FE", "\uF8FC", "\uF8FD", " ", "\n", "a", "word", "e\u0301", "\u0301", "\U0001F600", "\u2581"))
            .ListOf().Select(string.Concat);
    }

    /// <summary>The same tokenizer with the added tokens taken away.</summary>
    private Tokenizer LoadWithoutTokens(string folder)
    {
        JsonNode json = JsonNode.Parse(File.ReadAllBytes(Path.Combine(folder, "tokenizer.json")))!;
        json["added_tokens"] = new JsonArray();
        json["post_processor"] = null;
        File.WriteAllText(_folder["tokenizer.json"], json.ToJsonString());
        return Tokenizer.Load(_folder.Path);
    }
}
