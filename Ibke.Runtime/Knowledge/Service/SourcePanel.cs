using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Sources;

namespace Ibke.Runtime.Knowledge.Service;

/// <summary>The sources that are asked before an edit.</summary>
internal sealed class SourcePanel(IReadOnlyList<IFactSource> sources)
{
    /// <summary>Those that can say everything they know.</summary>
    public IEnumerable<IFactCatalog> Catalogs => sources.OfType<IFactCatalog>();

    /// <summary>What each source says that knows a fact.</summary>
    /// <exception cref="FactSourceException">One cannot be read.</exception>
    public async Task<IReadOnlyList<Evidence>> AskAsync(EditRequest request, CancellationToken cancellationToken)
    {
        List<Evidence> evidence = [];
        foreach (IFactSource source in sources)
        {
            if (await source.AskAsync(request.Prompt, request.Subject, cancellationToken).ConfigureAwait(false) is { } fact)
            {
                evidence.Add(new Evidence(source.Class, fact));
            }
        }

        return evidence;
    }
}
