namespace Ibke.Runtime.Knowledge.Bundles;

/// <summary>A bundle of edits cannot be used; the message says which line and why. Nothing of it was applied.</summary>
public sealed class BundleException(string bundle, int line, string problem, Exception? inner = null)
    : IOException($"{bundle}, line {line}: {problem}.", inner)
{
    /// <summary>The line, from 1.</summary>
    public int Line { get; } = line;
}
