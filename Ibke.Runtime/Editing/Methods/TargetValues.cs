using Ibke.Runtime.Models;
using Ibke.Runtime.Models.Network;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Editing.Methods;

/// <summary>How the wanted output of an MLP is found.</summary>
internal sealed record TargetSettings
{
    /// <summary>The token at which an MLP is to give something else.</summary>
    public FactToken Token { get; init; }

    /// <summary>The most steps of Adam.</summary>
    public int Steps { get; init; } = 100;

    /// <summary>The learning rate, as a share of the root mean square of the output.</summary>
    public float Rate { get; init; } = 0.5f;

    /// <summary>The factor of ‖δ‖² / ‖m‖² in the loss.</summary>
    public float Decay { get; init; } = 0.002f;

    /// <summary>The longest δ, in lengths of m. The papers take 4; models of few layers need more, for what one MLP gives is little.</summary>
    public float Longest { get; init; } = 50;

    /// <summary>The factor of the divergence on "SUBJECT is a", which keeps what the subject is.</summary>
    public float Essence { get; init; } = 0.0625f;

    /// <summary>The loss of an edit, nats a token, at which it is found.</summary>
    public float StopLoss { get; init; } = 0.02f;

    /// <summary>Documents of the reference text each of which stands once before the prompt while δ is sought.</summary>
    public int Contexts { get; init; }
}

/// <summary>
/// Finds what an MLP would have to give where a fact is looked up for an edit to hold: m + δ with
/// δ = argmin mean −log p(answer | context, prompt; m := m + δ) + essence · KL(p(· | "SUBJECT is a") ‖ unedited) + decay · ‖δ‖² / ‖m‖².
/// </summary>
/// <remarks>K. Meng et al., Locating and Editing Factual Associations in GPT (ROME), arXiv 2202.05262, equation 4; MEMIT uses the same.</remarks>
internal sealed class TargetValues(EditedModel model, TargetSettings settings)
{
    /// <summary>The texts in which a request is looked at: alone, and after each of some documents.</summary>
    public IReadOnlyList<EditText> Texts(EditRequest request)
    {
        EditText text = model.Texts.Create(request);
        int room = model.Model.Config.ContextLength - text.Inputs.Count;
        IEnumerable<int[]> contexts = settings.Contexts == 0 ? [] : model.Reference.Contexts(settings.Contexts, request.Subject);
        return [text, .. contexts.Where(context => context.Length < room).Select(text.After)];
    }

    /// <summary>δ of each edit, [hidden size], each found by itself though they go through the model together.</summary>
    /// <param name="version">The edits in force.</param>
    /// <param name="requests">The edits.</param>
    /// <param name="layer">The layer of the MLP.</param>
    /// <param name="cancellationToken">Looked at between passes.</param>
    public float[][] Find(WeightVersion version, IReadOnlyList<EditRequest> requests, int layer, CancellationToken cancellationToken)
    {
        Search[] searches = [.. requests.Select(request => new Search(Texts(request), Essence(request), model.Model.Config.HiddenSize))];
        foreach (Search[] group in searches.Chunk(Math.Max(1, 64 / (1 + settings.Contexts))))
        {
            Search[] active = group;
            for (int step = 0; step <= settings.Steps && active.Length > 0; step++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Step(version, active, layer, update: step < settings.Steps);
                active = [.. active.Where(search => !search.Found)];
            }
        }

        return [.. searches.Select(search => search.Delta)];
    }

    // "SUBJECT is a", by which ROME asks what the subject is; null where no subject is known.
    private EditText? Essence(EditRequest request) => settings.Essence > 0 && request.Subject is { } subject
        ? model.Texts.Create(request with { Prompt = $"{subject} is a", Subject = subject })
        : null;

    private void Step(WeightVersion version, Search[] active, int layer, bool update)
    {
        // All texts of all edits, then those of what subjects are.
        EditBatch batch = new([.. active.SelectMany(search => search.Texts), .. active.Select(search => search.Essence).OfType<EditText>()]);
        int[] owners = [.. active.SelectMany((search, i) => search.Texts.Select(_ => i)), .. Indices(active, search => search.Essence is not null)];
        int texts = active.Sum(search => search.Texts.Count), hiddenSize = model.Model.Config.HiddenSize;
        using Tensor deltas = model.Model.Engine.Create(new TensorShape(active.Length, hiddenSize), [.. active.SelectMany(search => search.Delta)]);
        using GradientTape tape = model.Model.Engine.Record();
        tape.Watch(deltas);
        using Tensor spread = tape.Rows(deltas, owners);
        using Tensor ones = model.Model.Engine.Create(new TensorShape(owners.Length, 1), [.. owners.Select(_ => 1f)]);
        int[] facts = batch.FactRows(settings.Token);
        using Tensor shift = tape.ScatterRows([spread], [ones], [facts], batch.Ids.Length);
        float[][] outputs = [];
        ForwardProbes probes = new()
        {
            Shifts = new Dictionary<int, Tensor> { [layer] = shift },
            Mlp = (at, _, output) => outputs = at == layer ? Rows(output, facts) : outputs,
        };
        using Tensor hidden = model.Model.Transformer.Forward(tape, version, batch.Ids, batch.Sequences, probes);
        int answers = batch.Texts.Take(texts).Sum(text => text.Targets.Count);
        using Tensor rows = tape.Rows(hidden, batch.AnswerRows[..answers]);
        using Tensor logits = model.Model.Transformer.Logits(tape, rows);
        float[] shares = [.. batch.Texts.Take(texts).SelectMany((text, i) =>
            text.Targets.Select(_ => 1f / (text.Targets.Count * active[owners[i]].Texts.Count)))];
        using Tensor answerLoss = tape.CrossEntropy(logits, batch.Targets[..answers], shares);
        using Tensor essenceLoss = EssenceLoss(tape, hidden, batch, texts, active);
        using Tensor loss = tape.Add(answerLoss, essenceLoss);
        Judge(active, model.Ops.TokenLosses(logits, batch.Targets[..answers]), shares);
        if (!update)
        {
            return;
        }

        using Tensor gradient = tape.Gradients(loss, [deltas])[0];
        float[][] gradients = [.. gradient.ToArray().Chunk(hiddenSize)];
        for (int i = 0, text = 0; i < active.Length; text += active[i++].Texts.Count)
        {
            active[i].Update(gradients[i], outputs[text], settings);
        }
    }

    // Σ over edits of essence · KL(now ‖ before) where the fact is looked up.
    private Tensor EssenceLoss(GradientTape tape, Tensor hidden, EditBatch batch, int texts, Search[] active)
    {
        int[] rows = batch.FactRows(settings.Token)[texts..];
        if (rows.Length == 0)
        {
            return model.Model.Engine.Create(new TensorShape(1), [0]);
        }

        using Tensor selected = tape.Rows(hidden, rows);
        using Tensor now = model.Model.Transformer.Logits(tape, selected);
        Search[] owners = [.. active.Where(search => search.Essence is not null)];
        float[][] logits = Rows(now, [.. Enumerable.Range(0, rows.Length)]);
        for (int i = 0; i < owners.Length; i++)
        {
            owners[i].EssenceLogits ??= logits[i]; // of the first step, where δ = 0
        }

        using Tensor before = model.Model.Engine.Create(now.Shape, [.. owners.SelectMany(search => search.EssenceLogits!)]);
        return tape.KlDivergence(now, before, [.. owners.Select(_ => settings.Essence)]);
    }

    private void Judge(Search[] active, float[] losses, float[] shares)
    {
        int first = 0;
        foreach (Search search in active)
        {
            int count = search.Texts.Sum(text => text.Targets.Count);
            float loss = Enumerable.Range(first, count).Sum(i => losses[i] * shares[i]);
            search.Found = float.IsFinite(loss) ? loss < settings.StopLoss : throw new ArithmeticException(
                $"The loss of an edit is {loss}; the model or an edit in force is damaged.");
            first += count;
        }
    }

    private float[][] Rows(Tensor tensor, int[] rows)
    {
        using Tensor selected = model.Ops.Rows(tensor, rows);
        return [.. selected.ToArray().Chunk(tensor.Shape.Columns)];
    }

    private static IEnumerable<int> Indices(Search[] active, Func<Search, bool> which) => Enumerable.Range(0, active.Length).Where(i => which(active[i]));

    // The search for one edit's δ.
    private sealed class Search(IReadOnlyList<EditText> texts, EditText? essence, int size)
    {
        private readonly Adam _adam = new(size);
        private float[]? _output; // m, at the first step

        public IReadOnlyList<EditText> Texts => texts;

        public EditText? Essence => essence;

        public float[]? EssenceLogits { get; set; }

        public float[] Delta { get; } = new float[size];

        public bool Found { get; set; }

        public void Update(float[] gradient, float[] output, TargetSettings settings)
        {
            _output ??= output;
            float square = Math.Max(_output.Sum(value => value * value), 1e-12f);
            if (Found)
            {
                return;
            }

            _adam.Step(Delta, [.. gradient.Zip(Delta, (g, d) => g + (2 * settings.Decay * d / square))], settings.Rate * MathF.Sqrt(square / size));
            float length = MathF.Sqrt(Delta.Sum(value => value * value)), longest = settings.Longest * MathF.Sqrt(square);
            for (int i = 0; i < size && length > longest; i++)
            {
                Delta[i] *= longest / length;
            }
        }
    }
}
