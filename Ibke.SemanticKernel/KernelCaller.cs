using Ibke.Runtime.Knowledge.Policies;
using Microsoft.SemanticKernel;

namespace Ibke.SemanticKernel;

/// <summary>In whose name a kernel's functions are called.</summary>
public static class KernelCaller
{
    private const string Key = "ibke.caller";

    /// <summary>Says in whose name the functions of <see cref="KnowledgeEditPlugin"/> are called on this kernel. The model's arguments never say it.</summary>
    /// <param name="kernel">One of its own for each user: a kernel's data are shared by all who use it.</param>
    /// <param name="caller">Made by the host, of what it knows by itself.</param>
    public static void SetKnowledgeCaller(this Kernel kernel, Caller caller)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(caller);
        kernel.Data[Key] = caller;
    }

    /// <summary>In whose name they are called; null: that of the registration.</summary>
    public static Caller? GetKnowledgeCaller(this Kernel kernel)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        return kernel.Data.TryGetValue(Key, out object? value) ? value as Caller : null;
    }
}
