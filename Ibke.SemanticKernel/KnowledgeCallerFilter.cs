using Ibke.Runtime.Knowledge.Functions;
using Microsoft.SemanticKernel;

namespace Ibke.SemanticKernel;

/// <summary>Has functions called in the name that the kernel carries (<see cref="KernelCaller"/>).</summary>
/// <remarks>Thread-safe. Added to every kernel of a collection by <c>AddIbkeKnowledgeEditing</c>.</remarks>
public sealed class KnowledgeCallerFilter : IFunctionInvocationFilter
{
    /// <inheritdoc/>
    public async Task OnFunctionInvocationAsync(FunctionInvocationContext context, Func<FunctionInvocationContext, Task> next)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(next);
        using IDisposable? acted = context.Kernel.GetKnowledgeCaller() is { } caller ? KnowledgeFunctions.ActAs(caller) : null;
        await next(context).ConfigureAwait(false);
    }
}
