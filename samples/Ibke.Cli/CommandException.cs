namespace Ibke.Cli;

/// <summary>Bad input that a person can put right. The message is one line: what, where, what to do.</summary>
internal sealed class CommandException(string message, Exception? inner = null) : Exception(message, inner);
