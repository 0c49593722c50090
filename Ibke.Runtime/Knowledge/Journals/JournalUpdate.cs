using System.Security.Cryptography;

namespace Ibke.Runtime.Knowledge.Journals;

/// <summary>What an edit adds to the model, as it is kept.</summary>
/// <param name="Hash">SHA-256 of the bytes, in hexadecimal.</param>
/// <param name="Bytes">The update.</param>
public sealed record JournalUpdate(string Hash, byte[] Bytes)
{
    /// <summary>Names bytes.</summary>
    public static JournalUpdate Of(byte[] bytes) => new(Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes);

    /// <summary>Whether the bytes are those that the hash names.</summary>
    public bool IsWhole() => string.Equals(Hash, Convert.ToHexStringLower(SHA256.HashData(Bytes)), StringComparison.Ordinal);
}
