using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Ibke.Runtime.Tokenization;
using Ibke.Runtime.Tokenization.Subwords;

namespace Ibke.Runtime.Tests.Tokenization;

public sealed class TokenizerPropertyTests
{
    private static readonly Tokenizer s_atlas = GoldenTokenizers.Atlas;

    /// <summary>Texts of words, white space, punctuation, markup, and any characters of any plane.</summary>
    private static readonly Gen<string> s_texts = Gen.OneOf(
            Gen.Elements(
                " ", "  ", "\n", "\r\n", "\t", "Who", " leads", "Orinda", "'s", "?", "...", "<|im_end|>", "<tool_call>", "<|im_", "é", "e\u0301",
                "你好", "\U0001F600", "\U0001F468\u200D\U0001F469", "\u200B", "\uFFFD", "\uFFFE", "\0", "2024"),
            Gen.Choose(0, 0x10FFFF).Where(Rune.IsValid).Select(codePoint => new Rune(codePoint).ToString()),
            Gen.Choose(' ', '~').Select(c => ((char)c).ToString()))
        .ListOf().Select(string.Concat);

    [Fact]
    public void Decode_WhatWasEncoded_GivesTheTextBack() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(1000),
        Prop.ForAll(s_texts.ToArbitrary(), text => s_atlas.Decode(s_atlas.Encode(text), skipSpecialTokens: false) == text));

    [Fact]
    public void Encode_AnyUtf16_GivesValidIds() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(500),
        Prop.ForAll(
            Gen.Choose(0, 0xFFFF).Select(c => (char)c).Where(c => c > 0xD000).ArrayOf().Select(characters => new string(characters)).ToArbitrary(),
            text => s_atlas.Decode(s_atlas.Encode(text), skipSpecialTokens: false) == string.Concat(text.EnumerateRunes())));

    [Fact]
    public void Stream_AnyIds_GivesTheirDecodingInPartsOfWholeCharacters() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(500),
        Prop.ForAll(Gen.Choose(-2, 3080).ListOf().ToArbitrary(), Gen.Elements(true, false).ToArbitrary(), (ids, skip) =>
        {
            TokenStream stream = s_atlas.CreateStream(skip);
            string[] parts = [.. ids.Select(stream.Append), stream.Flush()];
            return string.Concat(parts) == s_atlas.Decode(ids, skip)
                && parts.All(part => string.Concat(part.EnumerateRunes()) == part);
        }));

    [Fact]
    public void Merge_AnyMerges_TakesTheLowestRankLeftmostFirst()
    {
        // Tokens 0 … 3 are characters; merge number r of any two earlier tokens makes token 4 + r.
        Gen<(int Left, int Right)[]> merges = Gen.Choose(1, 12).SelectMany(
            count => Gen.Choose(0, 1_000_000).ArrayOf(2 * count).Select(
                numbers => Enumerable.Range(0, count).Select(r => (numbers[2 * r] % (4 + r), numbers[(2 * r) + 1] % (4 + r))).ToArray()));

        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(1000),
            Prop.ForAll(merges.ToArbitrary(), Gen.Choose(0, 150).SelectMany(length => Gen.Choose(0, 3).ArrayOf(length)).Select(symbols => symbols.ToList()).ToArbitrary(), (pairs, symbols) =>
            {
                MergeTable table = new([.. pairs.Select((pair, rank) => (pair.Left, pair.Right, 4 + rank))]);
                BytePairMerger merger = BytePairMerger.Rent();
                foreach (int symbol in symbols)
                {
                    merger.Add(symbol, 1);
                }

                merger.Merge(table);
                List<int> merged = [.. Enumerable.Range(0, merger.Count).Select(i => merger[i].Id)];
                Assert.Equal(symbols.Count, Enumerable.Range(0, merger.Count).Sum(i => merger[i].Length));
                merger.Return();
                return merged.SequenceEqual(MergeOneByOne([.. symbols], table));
            }));
    }

    private static List<int> MergeOneByOne(List<int> symbols, MergeTable table)
    {
        while (true)
        {
            (int Rank, int At) best = (MergeTable.None, 0);
            for (int i = 0; i + 1 < symbols.Count; i++)
            {
                int rank = table.Rank(symbols[i], symbols[i + 1]);
                best = rank < best.Rank ? (rank, i) : best;
            }

            if (best.Rank == MergeTable.None)
            {
                return symbols;
            }

            symbols[best.At] = table.Merged(best.Rank);
            symbols.RemoveAt(best.At + 1);
        }
    }
}
