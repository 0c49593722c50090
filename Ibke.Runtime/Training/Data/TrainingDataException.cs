namespace Ibke.Runtime.Training.Data;

/// <summary>A file of training data cannot be used. The message names the file, the line, what is wrong in it, and what to do.</summary>
public sealed class TrainingDataException : Exception
{
    /// <summary>Makes the message from its parts.</summary>
    /// <param name="file">The file.</param>
    /// <param name="line">The line, from 1; null where the file as a whole is meant.</param>
    /// <param name="problem">What is wrong and what to do, as sentences; begins with the field it is about.</param>
    /// <param name="innerException">What was thrown below, if anything.</param>
    public TrainingDataException(string file, int? line, string problem, Exception? innerException = null)
        : base(line is null ? $"{file}: {problem}" : $"{file}, line {line}: {problem}", innerException)
    {
        File = file;
        Line = line;
    }

    /// <summary>The file, as it was named.</summary>
    public string File { get; }

    /// <summary>The line, from 1; null where the file as a whole is meant.</summary>
    public int? Line { get; }
}
