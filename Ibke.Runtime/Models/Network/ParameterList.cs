using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models.Network;

/// <summary>The parameters of a network in the order it was put together.</summary>
internal sealed class ParameterList
{
    private readonly Dictionary<string, Parameter> _byName = new(StringComparer.Ordinal);
    private readonly List<Parameter> _all = [];
    private readonly List<string> _claims = [];

    /// <summary>All of them, each once.</summary>
    public IReadOnlyList<Parameter> All => _all;

    /// <summary>Whether a checkpoint's tensor is a parameter.</summary>
    public bool Knows(string name) => _byName.ContainsKey(name);

    /// <summary>
    /// Whether a tensor that is no parameter lies where all should be: in a block, or beside the output matrix. Leaving it out would compute
    /// something else than what was trained.
    /// </summary>
    public bool IsMissed(string name) => !Knows(name) && _claims.Any(claim => name.StartsWith(claim, StringComparison.Ordinal));

    /// <summary>Says that all tensors with a beginning belong to the network.</summary>
    public void Claim(string beginning) => _claims.Add(beginning);

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
