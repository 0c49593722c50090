using System.Diagnostics.CodeAnalysis;
using Ibke.Runtime.Knowledge.Functions;
using Microsoft.SemanticKernel;

namespace Ibke.SemanticKernel;

/// <summary>
/// What a model may do about its own knowledge, as a plugin: <c>verify_fact</c>, <c>edit_fact</c>, <c>revert_edit</c> and <c>list_edits</c>, and where asked
/// for <c>approve_edit</c>, <c>list_proposals</c> and <c>find_stale_facts</c>.
/// </summary>
/// <remarks>
/// Thread-safe. The functions, their descriptions and their JSON results are those of <see cref="KnowledgeFunctions"/>: a normal answer, such as
/// a refused edit, is a result and never an exception. Filters of the kernel run before each call and may block or replace it.
/// </remarks>
public sealed class KnowledgeEditPlugin : KernelPlugin
{
    /// <summary>The name the plugin has unless it is given another.</summary>
    public const string DefaultName = "KnowledgeEdit";

    private readonly IReadOnlyList<KernelFunction> _functions;

    /// <summary>Puts the functions into a plugin.</summary>
    /// <param name="functions">Do the work; they hold the service, with its sources and its policy.</param>
    /// <param name="name">The plugin's name; the model sees each function as <c>name_function</c>. Letters, digits and underscores.</param>
    /// <param name="set">Which functions.</param>
    /// <exception cref="ArgumentException">The name has other characters.</exception>
    public KnowledgeEditPlugin(KnowledgeFunctions functions, string name = DefaultName, KnowledgeFunctionSet set = KnowledgeFunctionSet.Usual)
        : base(name, "Checks, corrects and restores facts that the model itself knows.")
    {
        ArgumentNullException.ThrowIfNull(functions);
        _functions = [.. functions.CreateFunctions(set: set).Select(function => function.AsKernelFunction().Clone(name))];
    }

    /// <inheritdoc/>
    public override int FunctionCount => _functions.Count;

    /// <inheritdoc/>
    public override bool TryGetFunction(string name, [NotNullWhen(true)] out KernelFunction? function)
    {
        ArgumentNullException.ThrowIfNull(name);
        function = _functions.FirstOrDefault(candidate => candidate.Metadata.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        return function is not null;
    }

    /// <inheritdoc/>
    public override IEnumerator<KernelFunction> GetEnumerator() => _functions.GetEnumerator();
}
