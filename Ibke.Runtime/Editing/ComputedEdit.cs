using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Editing;

/// <summary>An edit that has been computed and can be put in force.</summary>
/// <param name="Text">What it was computed on.</param>
/// <param name="Factors">What a trained editor made of it; null for other methods.</param>
/// <param name="Alone">What it adds when it is alone in force; its id names the edit's content.</param>
/// <param name="Rounds">The rounds of gradients that it took.</param>
/// <param name="LossBefore">The loss of the edit's text on the base model, nats a token.</param>
internal sealed record ComputedEdit(EditText Text, EditFactors? Factors, WeightEdit Alone, int Rounds, float LossBefore)
{
    /// <summary>Returns the memory of neurons and changes that were never published; published ones belong to their versions.</summary>
    public static void Discard(WeightEdit edit)
    {
        foreach (NeuronBlock block in edit.Layers.OfType<NeuronBlock>())
        {
            block.Keys.Dispose();
            block.Thresholds?.Dispose();
            block.Values.Dispose();
        }

        foreach (MatrixDelta delta in edit.Deltas)
        {
            delta.Left.Dispose();
            delta.Right?.Dispose();
        }
    }
}
