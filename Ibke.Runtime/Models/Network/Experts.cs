using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models.Network;

/// <summary>A mixture of experts: a router sends every row to the few experts that it scores highest, and weighs what they give.</summary>
/// <param name="router">[experts, hidden].</param>
/// <param name="experts">In the order of the router's scores.</param>
/// <param name="settings">How many are chosen and how they are weighed.</param>
/// <param name="activation">The nonlinearity of their gates.</param>
internal sealed class Experts(Projection router, IReadOnlyList<GatedProjections> experts, ExpertSettings settings, Activation activation) : Mlp
{
    /// <summary>Added to a score it leaves a softmax no trace of it, and is finite.</summary>
    private const float Excluded = -1e30f;

    /// <inheritdoc/>
    protected override Tensor Compute(ForwardPass pass, Tensor x)
    {
        Operations ops = pass.Ops;
        using Tensor scores = router.Apply(pass, x); // [rows, experts]
        bool[] chosen = Choose(scores.ToArray());
        using Tensor shares = Share(pass, scores, chosen); // [rows × experts, 1]
        List<Tensor> outputs = []; // of each expert that anything chose, [its rows, hidden]
        List<Tensor> weights = []; // [its rows, 1]
        List<int[]> rows = [];
        try
        {
            for (int expert = 0; expert < experts.Count; expert++)
            {
                int[] own = [.. Enumerable.Range(0, x.Shape.Rows).Where(row => chosen[row * experts.Count + expert])];
                if (own.Length > 0)
                {
                    using Tensor input = ops.Rows(x, own);
                    outputs.Add(experts[expert].Apply(pass, input, activation));
                    weights.Add(ops.Rows(shares, [.. own.Select(row => row * experts.Count + expert)]));
                    rows.Add(own);
                }
            }

            return ops.ScatterRows(outputs, weights, rows, x.Shape.Rows);
        }
        finally
        {
            outputs.ForEach(tensor => tensor.Dispose());
            weights.ForEach(tensor => tensor.Dispose());
        }
    }

    // The softmax over all experts, or over the chosen ones, which is the same as scaling their shares to a sum of one.
    private Tensor Share(ForwardPass pass, Tensor scores, bool[] chosen)
    {
        Tensor? left = null;
        if (settings.Normalized)
        {
            using Tensor mask = pass.Engine.Create(scores.Shape, [.. chosen.Select(own => own ? 0 : Excluded)]);
            left = pass.Ops.Add(scores, mask);
        }

        using (left)
        {
            using Tensor shares = pass.Ops.Softmax(left ?? scores);
            return shares.Reshape(new TensorShape(chosen.Length, 1));
        }
    }

    // The highest scores of each row; the lower index on ties.
    private bool[] Choose(float[] scores)
    {
        bool[] chosen = new bool[scores.Length];
        for (int start = 0; start < scores.Length; start += experts.Count)
        {
            for (int k = 0; k < settings.PerToken; k++)
            {
                int best = -1;
                for (int i = start; i < start + experts.Count; i++)
                {
                    if (!chosen[i] && (best < 0 || scores[i] > scores[best]))
                    {
                        best = i;
                    }
                }

                chosen[best] = true;
            }
        }

        return chosen;
    }
}
