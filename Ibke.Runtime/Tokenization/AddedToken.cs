namespace Ibke.Runtime.Tokenization;

/// <summary>A token that is cut out of the text before anything else.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its text.</param>
/// <param name="SingleWord">Whether no word character may stand beside it.</param>
/// <param name="LeftStrip">Whether it swallows the white space before it.</param>
/// <param name="RightStrip">Whether it swallows the white space after it.</param>
/// <param name="Normalized">Whether it is looked for in the normalized text, under its normalized content.</param>
/// <param name="Special">Whether it steers the model rather than being text.</param>
internal sealed record AddedToken(
    int Id, string Content, bool SingleWord, bool LeftStrip, bool RightStrip, bool Normalized, bool Special);
