namespace Ibke.Runtime.Checkpoints;

/// <summary>A file of a model folder cannot be used. The message names the file, what is wrong in it, and what to do.</summary>
public sealed class CheckpointException : Exception
{
    /// <summary>Makes the message from its three parts.</summary>
    /// <param name="file">The file or folder.</param>
    /// <param name="problem">What is wrong, without a full stop; names the tensor or key it is about.</param>
    /// <param name="remedy">What to do, as a sentence.</param>
    /// <param name="innerException">What was thrown below, if anything.</param>
    public CheckpointException(string file, string problem, string remedy, Exception? innerException = null)
        : base($"{file}: {problem}. {remedy}", innerException) => File = file;

    /// <summary>The file or folder that cannot be used.</summary>
    public string File { get; }
}
