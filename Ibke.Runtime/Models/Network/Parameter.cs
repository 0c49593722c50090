using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models.Network;

/// <summary>
/// A weight of a model by its name and shape in the checkpoint. The network is put together from parameters that have no values yet,
/// so that all of them can be checked before the first is loaded.
/// </summary>
internal sealed class Parameter(string name, TensorShape shape, ParameterForm form)
{
    private Tensor? _stored;
    private Tensor? _product;

    /// <summary>Its name in the checkpoint; for a constant a name that no checkpoint has.</summary>
    public string Name => name;

    /// <summary>Its shape in the checkpoint.</summary>
    public TensorShape Shape => shape;

    /// <summary>What it is used for.</summary>
    public ParameterForm Form => form;

    /// <summary>The values in the layout of the checkpoint: what is named, watched on tapes and saved. 8-bit blocks are [out, in] in any case.</summary>
    public Tensor Stored => _stored ?? throw new InvalidOperationException($"{name} has not been loaded.");

    /// <summary>The values in the layout that a linear layer reads, [out, in]. The stored ones themselves wherever that is possible.</summary>
    public Tensor Product => _product ?? throw new InvalidOperationException($"{name} has not been loaded.");

    /// <summary>Gives the values, once.</summary>
    /// <param name="stored">See <see cref="Stored"/>.</param>
    /// <param name="product">See <see cref="Product"/>; null where the stored ones serve.</param>
    public void Fill(Tensor stored, Tensor? product = null)
    {
        _stored = stored;
        _product = product ?? stored;
    }

    /// <summary>Returns the memory of the values.</summary>
    public void Release()
    {
        _stored?.Dispose();
        _product?.Dispose();
    }
}

/// <summary>What a parameter is used for, which decides how it is loaded.</summary>
internal enum ParameterForm
{
    /// <summary>Read as it is: norms, biases, embeddings, and matrices that are never quantised.</summary>
    Plain,

    /// <summary>A matrix [out, in] of a linear layer.</summary>
    Matrix,

    /// <summary>A matrix of a linear layer that is stored as [in, out].</summary>
    TransposedMatrix,

    /// <summary>Ones, which no checkpoint holds: the weight of a norm that learned none.</summary>
    Ones,
}
