using System.Net;

namespace Ibke.Samples.ChatBackend.Security;

/// <summary>Where the process may listen: without keys on the machine itself only.</summary>
internal static class ListenRules
{
    private static readonly char[] _separators = [';', ','];

    /// <summary>Whether the configuration names no address.</summary>
    public static bool IsSilent(IConfiguration configuration) => !Addresses(configuration).Any();

    /// <summary>Refuses to listen elsewhere without keys.</summary>
    /// <exception cref="BackendException">An address is not the machine's own, and there are no keys.</exception>
    public static void Check(IConfiguration configuration, bool hasKeys)
    {
        if (!hasKeys && Addresses(configuration).FirstOrDefault(address => !IsLocal(address)) is { } open)
        {
            throw new BackendException(
                $"The address {open} can be reached from other machines, but no keys are configured (Backend:Keys): make one with 'key NAME ROLES', or listen on 127.0.0.1.");
        }
    }

    /// <summary>Whether a host, with or without a port, is this machine.</summary>
    public static bool IsLocalHost(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));

    private static bool IsLocal(string address)
    {
        if (address.StartsWith("http://unix:/", StringComparison.OrdinalIgnoreCase) || address.StartsWith("http://pipe:/", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        // Hosts such as * and + are no hosts of an address.
        return Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && IsLocalHost(uri.Host);
    }

    // The keys by which a host is told where to listen; a port alone is every address of the machine.
    private static IEnumerable<string> Addresses(IConfiguration configuration) =>
    [
        .. Parts(configuration["urls"]),
        .. Parts(configuration["http_ports"]).Select(port => $"http://*:{port}"),
        .. Parts(configuration["https_ports"]).Select(port => $"https://*:{port}"),
        .. configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"] ?? endpoint.Path),
    ];

    private static IEnumerable<string> Parts(string? list) => (list ?? "").Split(_separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
