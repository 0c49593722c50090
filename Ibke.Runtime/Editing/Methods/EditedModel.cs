using Ibke.Runtime.Models;
using Ibke.Runtime.Models.Network;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Editing.Methods;

/// <summary>A model as methods that change its weights see it: the texts of edits, the matrices that MLPs end with, and what passes through those.</summary>
internal sealed class EditedModel
{
    private readonly Lazy<ReferenceText> _reference;

    /// <summary>Prepares the methods of a model.</summary>
    /// <param name="model">Must outlive the methods.</param>
    /// <param name="referenceText">Ordinary text, as token sequences; null for what the model's card says.</param>
    /// <exception cref="InvalidOperationException">The model has no chat template.</exception>
    public EditedModel(LanguageModel model, IReadOnlyList<ReadOnlyMemory<int>>? referenceText = null)
    {
        Model = model;
        Card = ModelCard.Load(model.Folder);
        Texts = new EditTexts(model, Card);
        _reference = new Lazy<ReferenceText>(() => new ReferenceText(this, referenceText));
    }

    /// <summary>The model.</summary>
    public LanguageModel Model { get; }

    /// <summary>What its folder says of its knowledge.</summary>
    public ModelCard Card { get; }

    /// <summary>Makes the texts of edits.</summary>
    public EditTexts Texts { get; }

    /// <summary>Ordinary text of the model, for the methods that leave the model as it is on such.</summary>
    public ReferenceText Reference => _reference.Value;

    /// <summary>The operations without a tape.</summary>
    public Operations Ops => Model.Engine.Operations;

    /// <summary>The name of the matrix that a layer's MLP ends with.</summary>
    /// <exception cref="NotSupportedException">The layer is a mixture of experts.</exception>
    public string OutputMatrix(int layer) => Model.Transformer.MlpOutputs[layer] ?? throw new NotSupportedException(
        $"Layer {layer} of {Model.Id} is a mixture of experts, of which this method cannot change one matrix. Edit with IBKE or in the context.");

    /// <summary>The sizes of that matrix, [out, in].</summary>
    public TensorShape OutputShape(int layer) => Model.Transformer.Matrices[OutputMatrix(layer)];

    /// <summary>What enters a layer's last MLP matrix where edits' facts are looked up, and the residual stream behind another layer there.</summary>
    /// <param name="version">The edits in force.</param>
    /// <param name="texts">The edits.</param>
    /// <param name="token">Where facts are looked up.</param>
    /// <param name="keyLayer">The layer whose matrix is looked at.</param>
    /// <param name="streamLayer">The layer behind which the stream is looked at.</param>
    public (float[][] Keys, float[][] Streams) FactStates(
        WeightVersion version, IReadOnlyList<EditText> texts, FactToken token, int keyLayer, int streamLayer)
    {
        string matrix = OutputMatrix(keyLayer);
        List<float[]> keys = [], streams = [];
        foreach (EditBatch batch in EditBatch.Split(texts))
        {
            ForwardProbes probes = new()
            {
                Matrix = (name, input) => Note(name == matrix, input, keys),
                Stream = (layer, stream) => Note(layer == streamLayer + 1, stream, streams),
            };
            using Tensor hidden = Model.Transformer.Forward(Ops, version, batch.Ids, batch.Sequences, probes);

            void Note(bool wanted, Tensor tensor, List<float[]> rows)
            {
                if (wanted)
                {
                    using Tensor selected = Ops.Rows(tensor, batch.FactRows(token));
                    rows.AddRange(selected.ToArray().Chunk(tensor.Shape.Columns));
                }
            }
        }

        return ([.. keys], [.. streams]);
    }
}
