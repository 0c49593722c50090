namespace Ibke.Runtime.Tensors;

/// <summary>
/// The operations that models and editors are written against: few and coarse, so that an engine is small and a model reads as its formula.
/// Inputs are row-major; "rows" means all dimensions but the last. Results are new float32 tensors owned by the caller.
/// Weights may be stored as float32, float16 or bfloat16, that of <see cref="Linear"/> as 8-bit blocks too.
/// </summary>
/// <remarks>
/// Every operation has a gradient for each floating-point input that is watched on a <see cref="GradientTape"/>.
/// Wrong shapes give an <see cref="ArgumentException"/> that names the operation and both shapes; nothing is computed.
/// </remarks>
public abstract class Operations
{
    /// <summary>y = table[ids]. [ids, hidden].</summary>
    /// <param name="table">[vocabulary, hidden].</param>
    /// <param name="ids">Row numbers.</param>
    public abstract Tensor Embedding(Tensor table, IReadOnlyList<int> ids);

    /// <summary>y = x Wᵀ + b.</summary>
    /// <param name="x">[rows, in].</param>
    /// <param name="weight">[out, in]; one of 8-bit blocks has no gradient.</param>
    /// <param name="bias">[out], or null.</param>
    public abstract Tensor Linear(Tensor x, Tensor weight, Tensor? bias = null);

    /// <summary>y = x / √(mean(x²) + ε) · w over the last dimension; w + 1 in place of w where <paramref name="plusOne"/>.</summary>
    /// <param name="x">[rows, n].</param>
    /// <param name="weight">[n].</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <param name="plusOne">Whether the stored weight is an offset from 1.</param>
    public abstract Tensor RmsNorm(Tensor x, Tensor weight, float epsilon, bool plusOne = false);

    /// <summary>y = (x − mean) / √(variance + ε) · w + b over the last dimension, variance over n.</summary>
    public abstract Tensor LayerNorm(Tensor x, Tensor weight, Tensor? bias, float epsilon);

    /// <summary>Turns pairs of elements of every head by an angle that grows with the position (RoPE); elements beyond the pairs pass through.</summary>
    /// <param name="x">[rows, heads × headSize].</param>
    /// <param name="headSize">Values a head has.</param>
    /// <param name="frequencies">Angles of the pairs.</param>
    /// <param name="positions">The position of each row.</param>
    public abstract Tensor Rotary(Tensor x, int headSize, RotaryFrequencies frequencies, IReadOnlyList<int> positions);

    /// <summary>
    /// softmax(mask(cap · tanh(q kᵀ · scale / cap))) v, causal within each sequence. Keys and values of sequences with a cache are
    /// appended to layer <paramref name="layer"/> of it, and its earlier positions are seen as well.
    /// </summary>
    /// <param name="queries">[rows, heads × headSize].</param>
    /// <param name="keys">[rows, keyValueHeads × headSize].</param>
    /// <param name="values">[rows, keyValueHeads × headSize].</param>
    /// <param name="shape">Sizes and options.</param>
    /// <param name="sequences">Which rows belong together. A recorded attention takes no caches.</param>
    /// <param name="layer">The layer of the caches.</param>
    /// <returns>[rows, heads × headSize].</returns>
    public abstract Tensor Attention(
        Tensor queries, Tensor keys, Tensor values, AttentionShape shape, IReadOnlyList<SequenceRows> sequences, int layer);

    /// <summary>y = activation(x).</summary>
    public abstract Tensor Activate(Tensor x, Activation activation);

    /// <summary>y = activation(gate) · up: the gate of SwiGLU and GeGLU.</summary>
    public abstract Tensor Gate(Tensor gate, Tensor up, Activation activation);

    /// <summary>y = a + b; b has a's shape, or is one row that is added to each.</summary>
    public abstract Tensor Add(Tensor a, Tensor b);

    /// <summary>y = a · b elementwise; b has a's shape, or is one row [n] for all, or one column [rows, 1] for all.</summary>
    public abstract Tensor Multiply(Tensor a, Tensor b);

    /// <summary>y = factor · x + offset.</summary>
    public abstract Tensor Scale(Tensor x, float factor, float offset = 0);

    /// <summary>y = cap · tanh(x / cap).</summary>
    public abstract Tensor SoftCap(Tensor x, float cap);

    /// <summary>y = exp(x).</summary>
    public abstract Tensor Exp(Tensor x);

    /// <summary>y = min(max(x, low), high); gradient 0 outside.</summary>
    public abstract Tensor Clamp(Tensor x, float low, float high);

    /// <summary>y = x / max(‖x‖, 1e-12) for each row.</summary>
    public abstract Tensor NormalizeRows(Tensor x);

    /// <summary>Selects rows: y[i] = x[rows[i]].</summary>
    public abstract Tensor Rows(Tensor x, IReadOnlyList<int> rows);

    /// <summary>Selects columns start … start + count of every row.</summary>
    public abstract Tensor Columns(Tensor x, int start, int count);

    /// <summary>Sets the columns of two tensors with the same rows side by side.</summary>
    public abstract Tensor Concatenate(Tensor left, Tensor right);

    /// <summary>
    /// y[rows[p][i]] += weights[p][i] · parts[p][i] for every part p in their order, on zeros: what <see cref="Rows"/> selected, put back and summed.
    /// </summary>
    /// <param name="parts">[its rows, n] each; at least one.</param>
    /// <param name="weights">[rows of the part, 1] each.</param>
    /// <param name="rows">For each part, the row of the result that each of its rows is added to.</param>
    /// <param name="count">Rows of the result.</param>
    /// <returns>[count, n].</returns>
    public abstract Tensor ScatterRows(
        IReadOnlyList<Tensor> parts, IReadOnlyList<Tensor> weights, IReadOnlyList<IReadOnlyList<int>> rows, int count);

    /// <summary>y[j, i] = x[i, j].</summary>
    /// <param name="x">[rows, columns].</param>
    public abstract Tensor Transpose(Tensor x);

    /// <summary>exp(x − max) / Σ exp(x − max) over the last dimension.</summary>
    public abstract Tensor Softmax(Tensor x);

    /// <summary>
    /// The mean over targets ≥ 0 of −log softmax(logits)[target]; with weights their sum Σ wᵢ · lossᵢ, which is not divided. A scalar [1].
    /// </summary>
    /// <param name="logits">[rows, vocabulary].</param>
    /// <param name="targets">One for each row; negative ones are not counted.</param>
    /// <param name="weights">One finite number for each row, or null for the mean. Has no gradient.</param>
    /// <exception cref="ArgumentException">
    /// A target is outside the vocabulary, a weight is not finite, their number is not that of the rows, or no target counts and there are no weights.
    /// </exception>
    public abstract Tensor CrossEntropy(Tensor logits, IReadOnlyList<int> targets, IReadOnlyList<float>? weights = null);

    /// <summary>−log softmax(logits)[target] of each row; 0 where the target is negative. Has no gradient.</summary>
    /// <param name="logits">[rows, vocabulary].</param>
    /// <param name="targets">One for each row.</param>
    /// <exception cref="ArgumentException">A target is outside the vocabulary, or their number is not that of the rows.</exception>
    public abstract float[] TokenLosses(Tensor logits, IReadOnlyList<int> targets);

    /// <summary>The mean over rows of KL(softmax(p) ‖ softmax(q)); with weights their sum Σ wᵢ · KLᵢ, which is not divided. A scalar [1].</summary>
    /// <param name="pLogits">[rows, vocabulary].</param>
    /// <param name="qLogits">[rows, vocabulary].</param>
    /// <param name="weights">One finite number for each row, or null for the mean. Has no gradient.</param>
    /// <exception cref="ArgumentException">Shapes differ, a weight is not finite, or their number is not that of the rows.</exception>
    public abstract Tensor KlDivergence(Tensor pLogits, Tensor qLogits, IReadOnlyList<float>? weights = null);

    /// <summary>
    /// What the neurons of edits add to an MLP's output, for each row of its input. With x̂ = (x − mean) / deviation, see <see cref="NeuronForm"/>.
    /// Blocks are summed in their order.
    /// </summary>
    /// <param name="x">[rows, hidden]: the normalised input of the MLP.</param>
    /// <param name="mean">[hidden].</param>
    /// <param name="deviation">[hidden].</param>
    /// <param name="blocks">At least one.</param>
    /// <returns>[rows, hidden].</returns>
    public abstract Tensor Neurons(Tensor x, Tensor mean, Tensor deviation, IReadOnlyList<NeuronBlock> blocks);

    /// <summary>
    /// output + what the neurons of edits add that answer by <see cref="NeuronForm.Recall"/>, for each row of an MLP's input, where
    /// u = x metricᵀ + offset, brought to length one as by <see cref="NormalizeRows"/>.
    /// </summary>
    /// <param name="output">[rows, columns of the blocks' values]: the MLP's output; null for zeros.</param>
    /// <param name="x">[rows, hidden]: the normalised input of the MLP.</param>
    /// <param name="metric">[key size, hidden].</param>
    /// <param name="offset">[key size].</param>
    /// <param name="sharpness">[1]: how much nearer neurons count more than others; 0 weighs all that answer alike.</param>
    /// <param name="blocks">At least one; all of recall.</param>
    /// <returns>[rows, columns of the blocks' values].</returns>
    public abstract Tensor Recall(Tensor? output, Tensor x, Tensor metric, Tensor offset, Tensor sharpness, IReadOnlyList<NeuronBlock> blocks);

    /// <summary>The index of the largest value of each row; the lowest index on ties. Has no gradient.</summary>
    public abstract int[] ArgMax(Tensor x);
}
