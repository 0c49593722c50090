using Ibke.Runtime.Models;
using Ibke.Runtime.Models.Network;
using Ibke.Runtime.Tensors;
using MathNet.Numerics.LinearAlgebra;

namespace Ibke.Runtime.Editing.Methods;

/// <summary>Ordinary text of a model: what it is asked and what it reads. Statistics on it say what an edit must leave alone.</summary>
/// <remarks>Used by one thread at a time; statistics are computed when first asked for.</remarks>
internal sealed class ReferenceText
{
    private const int RowsAtOnce = 2048;

    private readonly EditedModel _model;
    private readonly Dictionary<int, Matrix<double>> _moments = [];

    /// <summary>Takes the text, or makes it of the model's card: its sentences, and its questions in all their wordings.</summary>
    /// <exception cref="InvalidOperationException">There is no text.</exception>
    public ReferenceText(EditedModel model, IReadOnlyList<string>? texts)
    {
        _model = model;
        Sentences = texts ?? model.Card.Text;
        IEnumerable<string> questions = texts is null ? model.Card.Locality : [];
        Tokens = [.. Sentences.Select(text => Cut(model.Model.Tokenizer.Encode(text)))
            .Concat(questions.SelectMany(question => model.Card.OtherWordings(question).Prepend(question))
                .Select(question => Cut(model.Texts.Prompts.Encode(question))))
            .Where(tokens => tokens.Length > 0)];
        if (Tokens.Count == 0)
        {
            throw new InvalidOperationException(
                $"{model.Model.Folder} has no ordinary text: no {ModelCard.FileName} with \"text\" or \"locality\". Add one, or give the method a text.");
        }
    }

    /// <summary>Texts or sentences as they are.</summary>
    public IReadOnlyList<string> Sentences { get; }

    /// <summary>The token sequences, each at most as long as the context.</summary>
    public IReadOnlyList<int[]> Tokens { get; }

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
        foreach (int[][] batch in Batches())
        {
            ForwardProbes probes = new() { Matrix = (name, input) => AddProducts(name, input) };
            using Tensor hidden = _model.Model.Transformer.Forward(
                ops, WeightVersion.Base, [.. batch.SelectMany(tokens => tokens)], [.. batch.Select(tokens => new SequenceRows(tokens.Length))], probes);
        }

        int count = Tokens.Sum(tokens => tokens.Length);
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

    private IEnumerable<int[][]> Batches()
    {
        List<int[]> batch = [];
        foreach (int[] tokens in Tokens)
        {
            if (batch.Count > 0 && batch.Sum(other => other.Length) + tokens.Length > RowsAtOnce)
            {
                yield return [.. batch];
                batch.Clear();
            }

            batch.Add(tokens);
        }

        yield return [.. batch];
    }

    private int[] Cut(IEnumerable<int> tokens) => [.. tokens.Take(_model.Model.Config.ContextLength)];
}
