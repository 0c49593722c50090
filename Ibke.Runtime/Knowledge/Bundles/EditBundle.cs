using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ibke.Runtime.Knowledge.Journals;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Service;

namespace Ibke.Runtime.Knowledge.Bundles;

/// <summary>
/// The edits in force of one journal, to be put in force elsewhere: JSON lines, a header and then an edit a line, each with a hash over itself and all
/// before it.
/// </summary>
/// <param name="Edits">Oldest first.</param>
/// <param name="Hash">The hash of the last line, which names the bundle as a whole.</param>
public sealed record EditBundle(IReadOnlyList<BundledEdit> Edits, string Hash)
{
    private const int LongestLine = 64 << 20;

    /// <summary>Writes the edits that a service has in force or behind one that is.</summary>
    /// <param name="service">The service.</param>
    /// <param name="stream">Where to.</param>
    /// <param name="caller">Who signs it off.</param>
    /// <param name="cancellationToken">Looked at between edits.</param>
    /// <returns>What was written.</returns>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public static async Task<EditBundle> WriteAsync(KnowledgeService service, Stream stream, Caller caller, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(caller);
        KnowledgeState state = service.State;
        JournalIdentity identity = KnowledgeService.IdentityOf(service.Editor);
        string header = JsonSerializer.Serialize(
            new BundleHeader(BundleHeader.Current, identity.ModelHash, identity.EditorHash, identity.Method, state.Edits.Count, state.Head.Hash, EntryCaller.Of(caller)),
            EntryContent.Json);
        await WriteLineAsync(stream, header, cancellationToken).ConfigureAwait(false);
        string last = HashOf("", header);
        List<BundledEdit> edits = [];
        foreach (KnownEdit edit in state.Edits)
        {
            byte[] bytes = (await service.Journal.ReadUpdatesAsync([edit.Update], cancellationToken).ConfigureAwait(false))[edit.Update];
            BundledEdit open = new()
            {
                Id = edit.Id, Request = edit.Request, By = edit.By, ApprovedBy = edit.ApprovedBy, PublishedAt = edit.PublishedAt, ValidUntil = edit.ValidUntil,
                Update = edit.Update, Bytes = bytes,
            };
            last = HashOf(last, Line(open));
            edits.Add(open with { Hash = last });
            await WriteLineAsync(stream, Line(edits[^1]), cancellationToken).ConfigureAwait(false);
        }

        return new EditBundle(edits, last);
    }

    /// <summary>Reads a bundle, and checks every line of it.</summary>
    /// <param name="stream">Where from.</param>
    /// <param name="name">For messages.</param>
    /// <param name="identity">What it must be for.</param>
    /// <exception cref="BundleException">A line is damaged or missing, or it is for another model or editor.</exception>
    public static EditBundle Read(Stream stream, string name, JournalIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(identity);
        using StreamReader reader = new(stream, new UTF8Encoding(false, throwOnInvalidBytes: true), leaveOpen: true);
        int number = 1;
        try
        {
            string first = ReadLine(reader) ?? throw new BundleException(name, 1, "the bundle is empty");
            BundleHeader header = Parse<BundleHeader>(first);
            if (FindMismatch(header, identity) is { } mismatch)
            {
                throw new BundleException(name, 1, mismatch);
            }

            string last = HashOf("", first);
            List<BundledEdit> edits = [];
            for (number = 2; ReadLine(reader) is { } line; number++)
            {
                BundledEdit edit = Parse<BundledEdit>(line);
                last = HashOf(last, Line(edit with { Hash = "" }));
                if (edit.Hash != last || !new JournalUpdate(edit.Update, edit.Bytes).IsWhole())
                {
                    throw new BundleException(name, number, "it is not what was written, or does not follow the line before");
                }

                edits.Add(edit);
            }

            return edits.Count == header.Edits
                ? new EditBundle(edits, last)
                : throw new BundleException(name, number, $"{edits.Count} edits, but the first line says {header.Edits}");
        }
        catch (Exception e) when (e is JsonException or DecoderFallbackException or NotSupportedException)
        {
            throw new BundleException(name, number, $"it cannot be read ({e.Message.TrimEnd('.')})", e);
        }
    }

    private static string? FindMismatch(BundleHeader header, JournalIdentity identity) =>
        header.Format != BundleHeader.Current ? $"the format {header.Format} is not known; {BundleHeader.Current} is"
        : header.Model != identity.ModelHash ? $"it is for the model {header.Model}, not {identity.ModelHash}"
        : header.Editor != identity.EditorHash || header.Method != identity.Method ? $"it is for the editor {header.Editor} ({header.Method}), not {identity.EditorHash} ({identity.Method})"
        : null;

    private static T Parse<T>(string line) => JsonSerializer.Deserialize<T>(line, EntryContent.Json) ?? throw new JsonException("null");

    private static string Line(BundledEdit edit) => JsonSerializer.Serialize(edit, EntryContent.Json);

    private static string HashOf(string before, string line) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{before}\n{line}")));

    private static async Task WriteLineAsync(Stream stream, string line, CancellationToken cancellationToken) =>
        await stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), cancellationToken).ConfigureAwait(false);

    // A line without an end must not take all memory.
    private static string? ReadLine(StreamReader reader)
    {
        StringBuilder line = new();
        for (int read; (read = reader.Read()) >= 0;)
        {
            if (read == '\n')
            {
                return line.ToString();
            }

            if (line.Length >= LongestLine)
            {
                throw new JsonException($"a line is longer than {LongestLine:N0} characters");
            }

            line.Append((char)read);
        }

        return line.Length == 0 ? null : throw new JsonException("the last line has no end");
    }
}
