using System.Security.Cryptography;
using System.Text;

namespace Ibke.Runtime.Knowledge.Journals;

/// <summary>What the entries up to one of them come to, so that a start need not read what they say.</summary>
/// <param name="Head">The last entry that it contains.</param>
/// <param name="Content">One JSON object.</param>
public sealed record JournalSnapshot(JournalHead Head, string Content)
{
    /// <summary>SHA-256 over the last entry's hash and the content, in hexadecimal.</summary>
    internal string Seal() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Head.Hash}\n{Content}")));
}
