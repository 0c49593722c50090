using System.Runtime.InteropServices;
using Ibke.Runtime.Tokenization.Normalizers;
using Ibke.Runtime.Tokenization.PreTokenizers;
using Ibke.Runtime.Tokenization.Subwords;

namespace Ibke.Runtime.Tokenization;

/// <summary>
/// The way of a text to its tokens: added tokens are cut out, the rest is normalized, added tokens are cut out of that, the rest is cut into
/// pieces, and the model encodes each.
/// </summary>
/// <remarks>Immutable and thread-safe.</remarks>
internal sealed class TextEncoder
{
    private readonly AddedTokenMatcher _rawTokens;
    private readonly AddedTokenMatcher _normalizedTokens;
    private readonly Normalizer? _normalizer;
    private readonly PreTokenizer? _preTokenizer;
    private readonly SubwordModel _model;
    private readonly bool _looksAtPlace;
    private readonly bool _endsInBytes;

    /// <summary>Makes an encoder.</summary>
    /// <param name="rawTokens">Tokens that are looked for in the text as it is.</param>
    /// <param name="normalizedTokens">Tokens that are looked for in the normalized text.</param>
    /// <param name="normalizer">Normalizes, or null.</param>
    /// <param name="preTokenizer">Cuts, or null.</param>
    /// <param name="model">Encodes pieces.</param>
    public TextEncoder(
        AddedTokenMatcher rawTokens, AddedTokenMatcher normalizedTokens, Normalizer? normalizer, PreTokenizer? preTokenizer, SubwordModel model)
    {
        _rawTokens = rawTokens;
        _normalizedTokens = normalizedTokens;
        _normalizer = normalizer;
        _preTokenizer = preTokenizer;
        _model = model;
        _looksAtPlace = preTokenizer?.LooksAtPlace == true;
        _endsInBytes = preTokenizer?.EndsInBytes == true;
    }

    /// <summary>The same with another model.</summary>
    public TextEncoder With(SubwordModel model) =>
        ReferenceEquals(model, _model) ? this : new TextEncoder(_rawTokens, _normalizedTokens, _normalizer, _preTokenizer, model);

    /// <summary>The ids of a text.</summary>
    /// <param name="text">Without lone surrogates.</param>
    /// <param name="marks">Places that no added token may reach across; see <see cref="LiteralText"/>.</param>
    public List<int> Encode(string text, ReadOnlySpan<int> marks)
    {
        List<int> ids = new((text.Length / 4) + 4);
        Encode(text, marks, ids, null, id => "");
        return ids;
    }

    /// <summary>The tokens of a text with their places.</summary>
    /// <param name="text">Without lone surrogates.</param>
    /// <param name="textOf">The text of an id.</param>
    public List<EncodedToken> Encode(string text, Func<int, string> textOf)
    {
        List<EncodedToken> tokens = [];
        Encode(text, [], [], tokens, textOf);
        return tokens;
    }

    private void Encode(string text, ReadOnlySpan<int> marks, List<int> ids, List<EncodedToken>? tokens, Func<int, string> textOf)
    {
        List<TextSection> outer = [];
        List<TextSection> inner = [];
        PieceBuffer pieces = PieceBuffer.Rent();
        _rawTokens.Split(text, marks, outer);
        foreach (TextSection section in outer)
        {
            if (section.TokenId is int token)
            {
                ids.Add(token);
                tokens?.Add(new EncodedToken(token, text[section.Start..section.End], section.Start, section.End));
                continue;
            }

            bool tracks = tokens is not null || _looksAtPlace || (marks.Length > 0 && !_normalizedTokens.IsEmpty);
            NormalizedSection normalized = NormalizedSection.Of(text, section, _normalizer, tracks);
            inner.Clear();
            _normalizedTokens.Split(normalized.Text, normalized.Follow(marks), inner);
            foreach (TextSection part in inner)
            {
                if (part.TokenId is int id)
                {
                    ids.Add(id);
                    tokens?.Add(normalized.Token(part, text));
                    continue;
                }

                ReadOnlySpan<int> sources = tracks ? normalized.Sources.AsSpan(part.Start..part.End) : [];
                pieces.Reset(normalized.Text.AsSpan(part.Start..part.End), sources);
                _preTokenizer?.Split(pieces, writeBytes: tokens is not null);
                if (tokens is null)
                {
                    EncodePieces(pieces, ids);
                }
                else
                {
                    EncodePieces(pieces, text, tokens, textOf);
                }
            }
        }

        pieces.Return();
    }

    private void EncodePieces(PieceBuffer pieces, List<int> ids)
    {
        for (int i = 0; i < pieces.Count; i++)
        {
            _model.Encode(pieces[i], _endsInBytes, ids);
        }
    }

    private void EncodePieces(PieceBuffer pieces, string text, List<EncodedToken> tokens, Func<int, string> textOf)
    {
        List<PieceToken> encoded = [];
        for (int i = 0; i < pieces.Count; i++)
        {
            encoded.Clear();
            _model.Encode(pieces[i], encoded);
            Utf8Places places = new(pieces[i]);
            ReadOnlySpan<int> sources = pieces.SourcesOf(i);
            foreach (PieceToken token in CollectionsMarshal.AsSpan(encoded))
            {
                int first = places.UnitAt(token.Start);
                int last = places.UnitAt(Math.Max(token.Start, token.End - 1));
                (int start, int end) = NormalizedSection.RangeOf(sources[first], sources[last], text);
                tokens.Add(new EncodedToken(token.Id, token.Text ?? textOf(token.Id), start, end));
            }
        }
    }
}
