using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Tokenization.Patterns;

namespace Ibke.Runtime.Tokenization.PreTokenizers;

/// <summary>Which pieces that do not begin with the mark of a space are given one.</summary>
internal enum PrependScheme
{
    /// <summary>All.</summary>
    Always,

    /// <summary>The one at the beginning of the text.</summary>
    First,

    /// <summary>None.</summary>
    Never,
}

/// <summary>Writes a visible mark for every space, and cuts the text before each mark if that is wanted.</summary>
internal sealed class MetaspacePreTokenizer(string mark, PrependScheme scheme, bool split) : PreTokenizer
{
    private readonly SplitPreTokenizer _split = new(Pattern.OfText(mark), SplitBehavior.MergedWithNext, invert: false);

    /// <inheritdoc/>
    public override bool LooksAtPlace => scheme == PrependScheme.First;

    /// <summary>Reads a <c>Metaspace</c> object of a pre-tokenizer.</summary>
    /// <exception cref="CheckpointException">It is not well-formed.</exception>
    public static new MetaspacePreTokenizer Read(ConfigFile json) => new(ReadMark(json), ReadScheme(json), json.GetBool("split", true));

    /// <summary>The mark of a <c>Metaspace</c> object.</summary>
    /// <exception cref="CheckpointException">It is not one character.</exception>
    public static string ReadMark(ConfigFile json)
    {
        string mark = json.GetString("replacement", "\u2581")!;
        return mark.EnumerateRunes().Count() == 1
            ? mark
            : throw json.Unusable("replacement", "a single character is expected", "Copy the file again.");
    }

    /// <summary>The scheme of a <c>Metaspace</c> object; older files have <c>add_prefix_space</c> instead.</summary>
    /// <exception cref="CheckpointException">It is unknown.</exception>
    public static PrependScheme ReadScheme(ConfigFile json)
    {
        bool prepends = json.GetBool("add_prefix_space", true);
        return json.GetString("prepend_scheme", prepends ? "always" : "never")! switch
        {
            "always" => PrependScheme.Always,
            "first" => PrependScheme.First,
            "never" => PrependScheme.Never,
            string other => throw json.Unusable("prepend_scheme", $"'{other}' is unknown", "Known are always, first and never."),
        };
    }

    /// <inheritdoc/>
    public override void Split(PieceBuffer pieces, bool writeBytes)
    {
        pieces.BeginRewrite();
        for (int i = 0; i < pieces.FormerCount; i++)
        {
            ReadOnlySpan<char> piece = pieces.Former(i, out int start);
            bool isMarked = piece[0] == ' ' || piece.StartsWith(mark, StringComparison.Ordinal);
            if (!isMarked && (scheme == PrependScheme.Always || (scheme == PrependScheme.First && pieces.FormerSource(start) == 0)))
            {
                pieces.Write(mark, start);
            }

            for (int at = 0; at < piece.Length;)
            {
                int space = piece[at..].IndexOf(' ');
                int end = space < 0 ? piece.Length : at + space;
                pieces.Copy(piece[at..end], start + at);
                if (end < piece.Length)
                {
                    pieces.Write(mark, start + end);
                }

                at = end + 1;
            }

            pieces.EndPiece();
        }

        if (split)
        {
            _split.Split(pieces, writeBytes);
        }
    }
}
