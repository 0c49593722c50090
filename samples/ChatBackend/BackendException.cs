namespace Ibke.Samples.ChatBackend;

/// <summary>The process cannot do what it was started for; the message is one sentence for whoever started it.</summary>
public sealed class BackendException(string message) : Exception(message);
