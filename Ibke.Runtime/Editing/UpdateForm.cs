using Ibke.Runtime.Models;

namespace Ibke.Runtime.Editing;

/// <summary>How an editor's results become neurons beside the MLPs.</summary>
internal abstract class UpdateForm
{
    /// <summary>The neurons of one edit that is alone in force.</summary>
    public abstract WeightEdit Alone(EditFactors factors);

    /// <summary>The neurons of edits that are in force together. The set decides the result, not the order.</summary>
    public abstract IReadOnlyList<WeightEdit> Together(IReadOnlyList<ComputedEdit> edits);
}

/// <summary>An edit that has been computed and can be put in force.</summary>
/// <param name="Factors">What the editor made of it.</param>
/// <param name="Alone">Its neurons when it is alone in force; its id names the edit's content.</param>
/// <param name="Rounds">The rounds of gradients it took.</param>
/// <param name="LossBefore">The loss of the edit's text on the base model, nats a token.</param>
internal sealed record ComputedEdit(EditFactors Factors, WeightEdit Alone, int Rounds, float LossBefore);
