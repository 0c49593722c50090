using System.Runtime.InteropServices;
using System.Text;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Tokenization.Patterns;

namespace Ibke.Runtime.Tokenization.PostProcessors;

/// <summary>Takes the white space at the ends of tokens out of their places in the text.</summary>
/// <param name="addsPrefixSpace">Whether the first token may begin with a space that is not in the text.</param>
internal sealed class TrimPostProcessor(bool addsPrefixSpace) : PostProcessor
{
    private static readonly char s_space = ByteAlphabet.ToCharacter((byte)' ');

    /// <summary>Reads the settings of a <c>ByteLevel</c> or <c>RobertaProcessing</c>; null where nothing is trimmed.</summary>
    public static new TrimPostProcessor? Read(ConfigFile json) =>
        json.GetBool("trim_offsets", true) ? new TrimPostProcessor(json.GetBool("add_prefix_space", true)) : null;

    /// <inheritdoc/>
    public override void AddSpecialTokens(List<int> ids)
    {
        // It changes places alone.
    }

    /// <inheritdoc/>
    public override void Process(List<EncodedToken> tokens, string text, bool addSpecialTokens)
    {
        Span<EncodedToken> span = CollectionsMarshal.AsSpan(tokens);
        for (int i = 0; i < span.Length; i++)
        {
            span[i] = Trim(span[i], text, isFirst: i == 0);
        }
    }

    private EncodedToken Trim(EncodedToken token, string text, bool isFirst)
    {
        int leading = token.Text.EnumerateRunes().TakeWhile(IsSpace).Count();
        int trailing = token.Text.EnumerateRunes().Reverse().TakeWhile(IsSpace).Count();
        (int start, int end) = (token.Start, token.End);
        // A single space may be the one that was added; several were not.
        if (leading == 1 && addsPrefixSpace && (isFirst || start == 0))
        {
            leading = 0;
        }

        // Spaces of the token are counted as characters of the text, whatever stands there.
        for (; leading > 0 && start < end; leading--)
        {
            start += PatternMachine.LengthAt(text, start);
        }

        int earliest = end;
        for (; trailing > 0 && earliest > 0; trailing--)
        {
            earliest = PatternMachine.Before(text, earliest);
        }

        // Where the text before has fewer characters than that, nothing is taken away.
        return token with { Start = start, End = trailing > 0 ? end : Math.Max(start, earliest) };
    }

    private static bool IsSpace(Rune rune) => rune.Value == s_space || UnicodeSets.WhiteSpace.Contains(rune.Value);
}
