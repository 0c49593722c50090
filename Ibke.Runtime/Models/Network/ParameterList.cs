using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models.Network;

/// <summary>The parameters of a network in the order it was put together, and the names that its checkpoint must not have.</summary>
internal sealed class ParameterList
{
    private readonly Dictionary<string, Parameter> _byName = new(StringComparer.Ordinal);
    private readonly List<Parameter> _all = [];
    private readonly List<string> _denied = [];

    /// <summary>All of them, each once.</summary>
    public IReadOnlyList<Parameter> All => _all;

    /// <summary>Biases that the configuration denies: leaving out one that is there would compute something else than what was trained.</summary>
    public IReadOnlyList<string> Denied => _denied;

    /// <summary>A parameter read as it is. Asking twice for a name gives the same one.</summary>
    public Parameter Add(string name, params ReadOnlySpan<int> dimensions) => Add(name, ParameterForm.Plain, dimensions);

    /// <summary>A linear layer of <c>name.weight</c> and, where it has one, <c>name.bias</c>.</summary>
    /// <param name="name">The common beginning of the names.</param>
    /// <param name="output">Values it gives.</param>
    /// <param name="input">Values it takes.</param>
    /// <param name="bias">Whether it has a bias.</param>
    /// <param name="transposed">Whether the matrix is stored as [in, out].</param>
    /// <param name="exact">Whether the matrix stays as it is stored, however the others are held; not for a transposed one.</param>
    public Projection AddProjection(string name, int output, int input, bool bias, bool transposed = false, bool exact = false)
    {
        Parameter weight = transposed
            ? Add(name + ".weight", ParameterForm.TransposedMatrix, input, output)
            : Add(name + ".weight", exact ? ParameterForm.Plain : ParameterForm.Matrix, output, input);
        if (!bias)
        {
            _denied.Add(name + ".bias");
        }

        return new Projection(weight, bias ? Add(name + ".bias", output) : null);
    }

    /// <summary>Ones that no checkpoint holds.</summary>
    public Parameter AddOnes(int count) => Add($"ones({count})", ParameterForm.Ones, count);

    private Parameter Add(string name, ParameterForm form, params ReadOnlySpan<int> dimensions)
    {
        if (!_byName.TryGetValue(name, out Parameter? parameter))
        {
            parameter = new Parameter(name, new TensorShape(dimensions), form);
            _byName.Add(name, parameter);
            _all.Add(parameter);
        }

        return parameter;
    }
}
