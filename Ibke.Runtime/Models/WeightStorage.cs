namespace Ibke.Runtime.Models;

/// <summary>How a model holds its weights in memory.</summary>
public enum WeightStorage
{
    /// <summary>As the checkpoint stores them, without a copy.</summary>
    AsStored,

    /// <summary>
    /// The matrices of linear layers as 8-bit integers with a scale for every 32 of a row, made from the stored ones at load: about half the
    /// bytes of bfloat16, and as much faster where reading weights is what takes the time. An output matrix of its own is one of them; norms,
    /// biases, embeddings (an output matrix tied to one too) and the routers of experts stay as they are stored. Gradients reach through such
    /// matrices, as edits need, but they have none themselves.
    /// </summary>
    Blocks8,
}
