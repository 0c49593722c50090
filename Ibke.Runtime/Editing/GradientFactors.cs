namespace Ibke.Runtime.Editing;

/// <summary>What an edit's loss says at the MLPs of the layers that are edited, for the tokens that get a neuron.</summary>
/// <param name="Rows">The number of tokens.</param>
/// <param name="Inputs">For each layer [rows, hidden size]: the MLP's normalised input x.</param>
/// <param name="Gradients">For each layer [rows, hidden size]: the gradient d of the loss with respect to the MLP's output.</param>
internal sealed record GradientFactors(int Rows, IReadOnlyList<float[]> Inputs, IReadOnlyList<float[]> Gradients);
