using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Ibke.Runtime.Editing;

namespace Ibke.Runtime.Knowledge.Sources;

/// <summary>
/// Facts that an HTTP endpoint gives as JSON, in the format of <see cref="JsonFactSource"/>. What has an ETag is sent again only when it has changed.
/// </summary>
/// <remarks>Thread-safe. The endpoint is asked when a question comes and what it last gave is older than <see cref="Lifetime"/>.</remarks>
public sealed class HttpFactSource : IFactCatalog
{
    private static readonly Encoding _strictUtf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly HttpClient _client;
    private readonly Uri _address;
    private readonly ModelCard _card;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _loading = new(1, 1);
    private (long Asked, EntityTagHeaderValue? Tag, FactTable Facts)? _content;

    /// <summary>Names the endpoint.</summary>
    /// <param name="client">Asks it; stays the caller's. Its timeout holds.</param>
    /// <param name="address">An http or https address.</param>
    /// <param name="card">The wordings that ask the same; null for none.</param>
    /// <param name="clock">For the lifetime; null for the system's.</param>
    /// <exception cref="ArgumentException">The address is not absolute, or not of HTTP.</exception>
    public HttpFactSource(HttpClient client, Uri address, ModelCard? card = null, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(address);
        if (!address.IsAbsoluteUri || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
        {
            throw new ArgumentException($"{address} is no http or https address.", nameof(address));
        }

        (_client, _address, _card, _clock) = (client, address, card ?? ModelCard.Empty, clock ?? TimeProvider.System);
    }

    /// <summary>The address without user, password and query.</summary>
    public string Name => _address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    /// <inheritdoc/>
    public string Class { get; init; } = "endpoint";

    /// <summary>How long what was received is taken for the present state. 0 or more, default 30 s.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest answer that is read, in bytes. Positive, default 16 MiB.</summary>
    public long LongestAnswer { get; init; } = 16 << 20;

    /// <inheritdoc/>
    public async Task<SourcedFact?> AskAsync(string question, string? subject = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(question);
        return (await ReadAsync(cancellationToken).ConfigureAwait(false)).Find(question);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<CatalogFact>> ListAsync(CancellationToken cancellationToken = default) =>
        (await ReadAsync(cancellationToken).ConfigureAwait(false)).Rows;

    private async Task<FactTable> ReadAsync(CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_content is not { } content || _clock.GetElapsedTime(content.Asked) >= Lifetime)
            {
                _content = content = await FetchAsync(cancellationToken).ConfigureAwait(false);
            }

            return content.Facts;
        }
        catch (Exception error) when (error is HttpRequestException or IOException or DecoderFallbackException
            || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new FactSourceException($"{Name} cannot be read: {error.Message}", error);
        }
        finally
        {
            _loading.Release();
        }
    }

    private async Task<(long Asked, EntityTagHeaderValue? Tag, FactTable Facts)> FetchAsync(CancellationToken cancellationToken)
    {
        long now = _clock.GetTimestamp();
        using HttpRequestMessage request = new(HttpMethod.Get, _address);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (_content?.Tag is { } known)
        {
            request.Headers.IfNoneMatch.Add(known);
        }

        using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.NotModified && _content is { } content)
        {
            return (now, content.Tag, content.Facts);
        }

        if (!response.IsSuccessStatusCode)
        {
            throw new FactSourceException($"{Name} answers {(int)response.StatusCode} {response.ReasonPhrase}.");
        }

        string text = await ReadTextAsync(response.Content, cancellationToken).ConfigureAwait(false);
        return (now, response.Headers.ETag, FactTable.Create(_card, Name, Name, report => JsonFacts.Parse(text, report)));
    }

    // An endpoint that never ends must not take all memory.
    private async Task<string> ReadTextAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await using Stream stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using MemoryStream text = new();
        byte[] buffer = new byte[1 << 16];
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            if (text.Length + read > LongestAnswer)
            {
                throw new FactSourceException($"{Name} answers with more than {LongestAnswer:N0} bytes.");
            }

            text.Write(buffer, 0, read);
        }

        return _strictUtf8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }
}
