using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Ibke.Samples.ChatBackend.Security;

/// <summary>The keys that are known. Thread-safe.</summary>
internal sealed class KeyRing
{
    private const int KeyBytes = 32;

    private readonly (byte[] Hash, Identity Identity)[] _keys;

    /// <summary>Takes over what is configured.</summary>
    public KeyRing(IOptions<BackendOptions> options) =>
        _keys = [.. options.Value.Keys.Select(key => (
            Convert.FromHexString(key.Hash), new Identity(key.Name, BackendRoleNames.TryParse(key.Roles) ?? BackendRoles.None, false)))];

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => _keys.Length == 0;

    /// <summary>A new random key of 256 bits; so much that its plain hash can be kept.</summary>
    public static string NewKey() => "ibke-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes));

    /// <summary>What is kept of a key.</summary>
    public static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>Whose key it is; null for nobody's. All keys are compared, each in constant time.</summary>
    public Identity? Find(string key)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        Identity? found = null;
        foreach ((byte[] known, Identity identity) in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(known, hash))
            {
                found = identity;
            }
        }

        return found;
    }
}
