namespace Ibke.Runtime.Training.Data;

/// <summary>Collects the tokens of a document with their weights.</summary>
internal sealed class DocumentTokens
{
    private readonly List<int> _ids = [];
    private readonly List<float> _weights = [];

    /// <summary>The tokens so far.</summary>
    public int Count => _ids.Count;

    /// <summary>Adds tokens of one weight.</summary>
    public void Add(IReadOnlyCollection<int> ids, float weight)
    {
        _ids.AddRange(ids);
        _weights.AddRange(Enumerable.Repeat(weight, ids.Count));
    }

    /// <summary>The document.</summary>
    /// <exception cref="TrainingDataException">A weight is too large for a number.</exception>
    public TrainingDocument ToDocument(JsonField line)
    {
        string? kind = line.TryGet("kind", out JsonField? field) ? field.Text() : null;
        return _weights.TrueForAll(float.IsFinite)
            ? new TrainingDocument(_ids.ToArray(), _weights.ToArray(), kind)
            : throw line.Unusable("has weights whose product is too large. Give smaller ones.");
    }
}
