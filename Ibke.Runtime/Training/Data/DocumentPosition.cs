namespace Ibke.Runtime.Training.Data;

/// <summary>How far a stream of documents has come; the default is the beginning.</summary>
/// <param name="Epoch">How often the file was read to its end; at least 0.</param>
/// <param name="Line">How many lines of this epoch were read to their end; at least 0.</param>
/// <param name="Part">How many documents of the next line were taken; at least 0.</param>
public readonly record struct DocumentPosition(long Epoch, int Line, int Part);
