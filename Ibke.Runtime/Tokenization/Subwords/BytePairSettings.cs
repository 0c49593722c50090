namespace Ibke.Runtime.Tokenization.Subwords;

/// <summary>What a byte-pair encoding does beside merging.</summary>
internal sealed record BytePairSettings
{
    /// <summary>Whether a piece that is a token is taken as it is.</summary>
    public bool IgnoreMerges { get; init; }

    /// <summary>The token of characters outside the vocabulary; null drops them.</summary>
    public int? Unknown { get; init; }

    /// <summary>Whether neighbouring unknown characters are one token.</summary>
    public bool FuseUnknown { get; init; }

    /// <summary>Whether an unknown character is written as the tokens of its bytes, where all are in the vocabulary.</summary>
    public bool ByteFallback { get; init; }

    /// <summary>Stands before every character of a piece but the first.</summary>
    public string ContinuingPrefix { get; init; } = "";

    /// <summary>Stands behind the last character of a piece.</summary>
    public string WordSuffix { get; init; } = "";

    /// <summary>Whether characters are marked by their place in the piece.</summary>
    public bool MarksWords => ContinuingPrefix.Length + WordSuffix.Length > 0;
}
