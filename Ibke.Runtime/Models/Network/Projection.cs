using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models.Network;

/// <summary>A linear layer: x Wᵀ + b.</summary>
internal sealed class Projection(Parameter weight, Parameter? bias)
{
    /// <summary>The layer with what edits add to its matrix. [rows, in] → [rows, out].</summary>
    public Tensor Apply(ForwardPass pass, Tensor x)
    {
        pass.Probes.Matrix?.Invoke(weight.Name, x);
        Tensor y = Apply(pass.Ops, x);
        return pass.Version.Overlay(weight.Name)?.AddTo(pass.Ops, pass.Engine.Operations, x, y) ?? y;
    }

    /// <summary>The layer alone. [rows, in] → [rows, out].</summary>
    public Tensor Apply(Operations ops, Tensor x)
    {
        if (ops is GradientTape tape && !ReferenceEquals(weight.Stored, weight.Product) && tape.IsWatched(weight.Stored))
        {
            // The gradient is asked for in the layout of the checkpoint, so the way from there must be on the tape.
            using Tensor? turned = weight.Form == ParameterForm.TransposedMatrix ? tape.Transpose(weight.Stored) : null;
            return tape.Linear(x, turned ?? weight.Stored, bias?.Stored);
        }

        return ops.Linear(x, weight.Product, bias?.Stored);
    }
}
