using System.Globalization;
using Ibke.Runtime.Models.Families;
using Ibke.Runtime.Models.Network;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models;

/// <summary>
/// Puts a network together from what a configuration asks for and what a family calls its tensors. The parameters get their values afterwards;
/// see <see cref="WeightLoader"/>.
/// </summary>
internal sealed class NetworkBuilder
{
    /// <summary>
    /// Parameters beyond which a configuration cannot be meant: a damaged number of layers or experts would otherwise cost minutes and gigabytes.
    /// </summary>
    private const int MostParameters = 200_000;

    private readonly TransformerConfig _config;
    private readonly WeightNames _names;
    private readonly string _prefix;
    private readonly ParameterList _parameters = new();
    private readonly List<RopeSettings> _ropes = [];
    private readonly Dictionary<string, TensorShape> _matrices = new(StringComparer.Ordinal);
    private readonly List<string?> _mlpOutputs = [];

    private NetworkBuilder(TransformerConfig config, WeightNames names, string prefix)
    {
        _config = config;
        _names = names;
        _prefix = prefix;
    }

    /// <summary>Puts the network together.</summary>
    /// <param name="config">The sizes and options.</param>
    /// <param name="names">The names of the tensors.</param>
    /// <param name="prefix">What those of this checkpoint begin with; see <see cref="WeightNames.Prefixes"/>.</param>
    public static TransformerNetwork Build(TransformerConfig config, WeightNames names, string prefix) =>
        new NetworkBuilder(config, names, prefix).Build();

    private TransformerNetwork Build()
    {
        int width = _config.EmbeddingSize ?? _config.HiddenSize;
        Parameter tokens = _parameters.Add(_prefix + _names.Embedding + ".weight", _config.VocabularySize, width);
        InputEmbedding input = new(
            tokens,
            _config.EmbeddingScale,
            width == _config.HiddenSize ? null : Linear(_names.EmbeddingProjection!, _config.HiddenSize, width),
            _names.Positions is null
                ? null
                : _parameters.Add(_prefix + _names.Positions + ".weight", _config.ContextLength + _config.PositionOffset, _config.HiddenSize),
            _config.PositionOffset);
        List<Block> blocks = [];
        for (int layer = 0; layer < _config.Layers && _parameters.All.Count < MostParameters; layer++)
        {
            blocks.Add(Block(layer));
        }

        OutputHead output = new(
            _config.FinalNorm ? Norm(_prefix + _names.FinalNorm, _config.HiddenSize) : null,
            width == _config.HiddenSize ? null : Linear(_names.OutputProjection!, width, _config.HiddenSize),
            Output(tokens, width),
            _config.LogitScale,
            _config.LogitSoftCap);
        RotaryEmbedding[] rotaries = [.. _ropes.Select(rope => new RotaryEmbedding(rope, _config.HeadSize, _config.ContextLength))];
        return new TransformerNetwork(input, blocks, output, rotaries, _parameters, _matrices, _mlpOutputs);
    }

    private Projection Output(Parameter tokens, int width)
    {
        string bias = _names.Output + ".bias";
        _parameters.Claim(bias);
        return !_config.TiedEmbeddings
            ? _parameters.AddProjection(_names.Output, _config.VocabularySize, width, _config.OutputBias)
            : new Projection(tokens, _config.OutputBias ? _parameters.Add(bias, _config.VocabularySize) : null);
    }

    private Block Block(int layer)
    {
        string block = _prefix + string.Format(CultureInfo.InvariantCulture, _names.Block, layer);
        _parameters.Claim(block);
        LayerSettings settings = _config.Layer(layer);
        _mlpOutputs.Add(settings.HasExperts ? null : block + _names.Down + ".weight");
        return new Block(
            layer,
            Attention(block, layer, settings),
            settings.HasExperts ? Experts(block, _config.Experts!) : DenseMlp(block),
            Norms(block, _names.AttentionNorm, _names.AttentionOutputNorm),
            Norms(block, _names.MlpNorm, _names.MlpOutputNorm),
            _config.ParallelBranches,
            _config.ResidualScale);
    }

    private BranchNorms Norms(string block, string? name, string? outputName)
    {
        Norm? norm = name is null ? null : Norm(block + name, _config.HiddenSize);
        Norm? output = outputName is null ? null : Norm(block + outputName, _config.HiddenSize);
        return _config.NormAfterSum ? new BranchNorms(null, output, norm) : new BranchNorms(norm, output, null);
    }

    private Attention Attention(string block, int layer, LayerSettings settings)
    {
        float scale = (_config.AttentionScale ?? 1 / MathF.Sqrt(_config.HeadSize)) * settings.AttentionFactor;
        AttentionShape shape = new(
            _config.Heads, _config.KeyValueHeads, _config.HeadSize, scale, settings.Window, _config.AttentionSoftCap);
        return new Attention(
            layer,
            shape,
            QueryKeyValue(block),
            BlockLinear(block + _names.AttentionOutput, _config.HiddenSize, _config.Heads * _config.HeadSize, _config.AttentionOutputBias),
            QueryKeyNorms(block),
            settings.Rope is null ? null : IndexOf(settings.Rope));
    }

    private QueryKeyValue QueryKeyValue(string block)
    {
        int queries = _config.Heads * _config.HeadSize;
        int keys = _config.KeyValueHeads * _config.HeadSize;
        bool bias = _config.QueryKeyValueBias;
        if (_names.QueryKeyValue is { } fused)
        {
            int groups = _names.QueryKeyValueByHead ? _config.Heads : 1;
            Projection all = BlockLinear(block + fused, queries + 2 * keys, _config.HiddenSize, bias);
            return new FusedQueryKeyValue(all, groups, queries / groups, keys / groups);
        }

        return new SeparateQueryKeyValue(
            BlockLinear(block + _names.Query, queries, _config.HiddenSize, bias),
            BlockLinear(block + _names.Key, keys, _config.HiddenSize, bias),
            BlockLinear(block + _names.Value, keys, _config.HiddenSize, bias));
    }

    private QueryKeyNorms? QueryKeyNorms(string block)
    {
        if (_config.QueryKeyNorm == QueryKeyNorm.None)
        {
            return null;
        }

        bool eachHead = _config.QueryKeyNorm == QueryKeyNorm.EachHead;
        return new QueryKeyNorms(
            Norm(block + _names.QueryNorm, eachHead ? _config.HeadSize : _config.Heads * _config.HeadSize),
            Norm(block + _names.KeyNorm, eachHead ? _config.HeadSize : _config.KeyValueHeads * _config.HeadSize),
            eachHead);
    }

    private Mlp DenseMlp(string block)
    {
        (int hidden, int inner, bool bias) = (_config.HiddenSize, _config.IntermediateSize, _config.MlpBias);
        if (_names.GateUp is { } both)
        {
            return new GatedMlp(
                new GatedProjections(null, BlockLinear(block + both, 2 * inner, hidden, bias), BlockLinear(block + _names.Down, hidden, inner, bias)),
                _config.Activation);
        }

        Projection? gate = _names.Gate is null ? null : BlockLinear(block + _names.Gate, inner, hidden, bias);
        Projection up = BlockLinear(block + _names.Up, inner, hidden, bias);
        Projection down = BlockLinear(block + _names.Down, hidden, inner, bias);
        return gate is null
            ? new PlainMlp(up, down, _config.Activation)
            : new GatedMlp(new GatedProjections(gate, up, down), _config.Activation);
    }

    private Experts Experts(string block, ExpertSettings settings)
    {
        (int hidden, int inner) = (_config.HiddenSize, settings.IntermediateSize);
        // Small, and a slightly wrong score sends a row to another expert.
        Projection router = _parameters.AddProjection(block + _names.Router, settings.Count, hidden, bias: false, exact: true);
        List<GatedProjections> experts = [];
        for (int number = 0; number < settings.Count && _parameters.All.Count < MostParameters; number++)
        {
            string expert = block + string.Format(CultureInfo.InvariantCulture, _names.Expert, number);
            experts.Add(new GatedProjections(
                BlockLinear(expert + _names.ExpertGate, inner, hidden, bias: false),
                BlockLinear(expert + _names.ExpertUp, inner, hidden, bias: false),
                BlockLinear(expert + _names.ExpertDown, hidden, inner, bias: false)));
        }

        return new Experts(router, experts, settings, _config.Activation);
    }

    private Norm Norm(string name, int size)
    {
        bool weighted = _config.Norm != NormKind.LayerNormWithoutWeights;
        return new Norm(
            _config.Norm,
            _config.NormEpsilon,
            weighted ? _parameters.Add(name + ".weight", size) : _parameters.AddOnes(size),
            _config.Norm == NormKind.LayerNorm ? _parameters.Add(name + ".bias", size) : null);
    }

    private Projection BlockLinear(string name, int output, int input, bool bias)
    {
        _matrices[name + ".weight"] = new TensorShape(output, input);
        return _parameters.AddProjection(name, output, input, bias, _names.TransposedMatrices);
    }

    private Projection Linear(string name, int output, int input) => _parameters.AddProjection(_prefix + name, output, input, bias: false);

    private int IndexOf(RopeSettings rope)
    {
        int index = _ropes.FindIndex(known => ReferenceEquals(known, rope));
        if (index < 0)
        {
            index = _ropes.Count;
            _ropes.Add(rope);
        }

        return index;
    }
}
