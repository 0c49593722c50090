using Ibke.Runtime.Models;
using Ibke.Runtime.Models.Network;
using Ibke.Runtime.Tensors;
using MathNet.Numerics.LinearAlgebra;

namespace Ibke.Runtime.Editing.Methods;

/// <summary>Ordinary text of a model: what it is asked and what it reads. Statistics on it say what an edit must leave alone.</summary>
/// <remarks>Used by one thread at a time; statistics are computed when first asked for.</remarks>
internal sealed class ReferenceText
{
    // Text beyond this adds little to a second moment: some hundred tokens for each value of a key of the models that are edited here.
    private const int MostTokens = 1 << 16;

    private const int RowsAtOnce = 2048, LongestContext = 32;

    private readonly EditedModel _model;
    private readonly Dictionary<int, Matrix<double>> _moments = [];

    /// <summary>Takes documents, or makes them of the model's card: its sentences, and its questions in all their wordings.</summary>
    /// <param name="model">The model.</param>
    /// <param name="documents">Token sequences as the model reads them; null for the card's. Enough of them are used.</param>
    /// <exception cref="InvalidOperationException">There is no text.</exception>
    public ReferenceText(EditedModel model, IEnumerable<ReadOnlyMemory<int>>? documents)
    {
        _model = model;
        int tokens = 0;
        Documents = [.. (documents ?? OfCard(model))
            .Where(document => !document.IsEmpty)
            .Select(document => document[..Math.Min(document.Length, model.Model.Config.ContextLength)].ToArray())
            .TakeWhile(document => (tokens += document.Length) - document.Length < MostTokens)];
        if (Documents.Count == 0)
        {
            throw new InvalidOperationException(
                $"{model.Model.Folder} has no ordinary text: no {ModelCard.FileName} with \"text\" or \"locality\". Add one, or give the method a text.");
        }
    }

    /// <summary>The token sequences, each at most as long as the context.</summary>
    public IReadOnlyList<int[]> Documents { get; }

    /// <summary>The first short documents that do not name a subject, for looking at a prompt after them.</summary>
    /// <param name="count">The most of them.</param>
    /// <param name="subject">The subject; null for none.</param>
    public IEnumerable<int[]> Contexts(int count, string? subject) => Documents
        .Where(document => document.Length <= LongestContext
            && (subject is null || !_model.Model.Tokenizer.Decode(document).Contains(subject, StringComparison.OrdinalIgnoreCase)))
        .Take(count);

    /// <summary>C = E[k kᵀ] over all tokens, k what enters the last matrix of a layer's MLP. [in, in].</summary>
    public Matrix<double> SecondMoment(int layer)
    {
        if (!_moments.TryGetValue(layer, out Matrix<double>? moment))
        {
            moment = Compute(_model.OutputMatrix(layer), _model.OutputShape(layer)[1]);
            _moments.Add(layer, moment);
        }

        return moment;
    }

    /// <summary>C with a share of the mean of its diagonal added to that: a short text leaves directions unseen.</summary>
    public Matrix<double> RegularMoment(int layer, double ridge)
    {
        Matrix<double> moment = SecondMoment(layer);
        return moment + (Matrix<double>.Build.DenseIdentity(moment.RowCount) * (ridge * moment.Trace() / moment.RowCount));
    }

    private Matrix<double> Compute(string matrix, int size)
    {
        double[] sum = new double[size * size];
        Operations ops = _model.Ops;
        foreach (IReadOnlyList<int[]> batch in RowBatches.Of(Documents, tokens => tokens.Length, RowsAtOnce))
        {
            ForwardProbes probes = new() { Matrix = (name, input) => AddProducts(name, input) };
            using Tensor hidden = _model.Model.Transformer.Forward(
                ops, WeightVersion.Base, [.. batch.SelectMany(tokens => tokens)], [.. batch.Select(tokens => new SequenceRows(tokens.Length))], probes);
        }

        int count = Documents.Sum(tokens => tokens.Length);
        return Matrix<double>.Build.DenseOfColumnMajor(size, size, sum).Divide(count);

        void AddProducts(string name, Tensor input)
        {
            if (name == matrix)
            {
                using Tensor turned = ops.Transpose(input); // [in, rows]
                using Tensor products = ops.Linear(turned, turned); // [in, in]
                float[] values = products.ToArray();
                for (int i = 0; i < sum.Length; i++)
                {
                    sum[i] += values[i];
                }
            }
        }
    }

    private static IEnumerable<ReadOnlyMemory<int>> OfCard(EditedModel model) => model.Card.Text
        .Select(text => model.Model.Tokenizer.Encode(text))
        .Concat(model.Card.Locality
            .SelectMany(question => model.Card.OtherWordings(question).Prepend(question))
            .Select(model.Texts.Prompts.Encode))
        .Select(tokens => new ReadOnlyMemory<int>([.. tokens]));
}
