using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models.Network;

/// <summary>The matrices of a gated MLP, or of one expert.</summary>
/// <param name="gate">[intermediate, hidden]; null where <paramref name="up"/> holds its rows before its own.</param>
/// <param name="up">[intermediate, hidden], or twice as many rows.</param>
/// <param name="down">[hidden, intermediate].</param>
internal sealed class GatedProjections(Projection? gate, Projection up, Projection down)
{
    /// <summary>down(activation(gate(x)) · up(x)). [rows, hidden] → [rows, hidden].</summary>
    public Tensor Apply(ForwardPass pass, Tensor x, Activation activation)
    {
        (Tensor gates, Tensor ups) = gate is null ? Split(pass, x) : (gate.Apply(pass, x), up.Apply(pass, x));
        using Tensor ownGates = gates; // [rows, intermediate]
        using Tensor ownUps = ups; // [rows, intermediate]
        using Tensor gated = pass.Ops.Gate(gates, ups, activation);
        return down.Apply(pass, gated);
    }

    private (Tensor Gates, Tensor Ups) Split(ForwardPass pass, Tensor x)
    {
        using Tensor both = up.Apply(pass, x);
        int half = both.Shape.Columns / 2;
        return (pass.Ops.Columns(both, 0, half), pass.Ops.Columns(both, half, half));
    }
}
