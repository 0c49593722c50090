namespace Ibke.Runtime.Constraints.Grammar;

/// <summary>A declared property of an object.</summary>
/// <param name="First">Brace, name and colon.</param>
/// <param name="Later">Comma, name and colon.</param>
/// <param name="Value">Its value.</param>
/// <param name="IsRequired">Whether it cannot be left out.</param>
internal sealed record ObjectProperty(ByteTerminal First, ByteTerminal Later, GrammarNode Value, bool IsRequired);

/// <summary>The further properties of an object.</summary>
/// <param name="Name">Their names.</param>
/// <param name="Value">Their values.</param>
internal sealed record FurtherProperties(GrammarNode Name, GrammarNode Value);

/// <summary>
/// A JSON object: its declared properties in their order, then further ones. A goal's position is the first property that may come next, its least
/// is 1 before anything is written.
/// </summary>
internal sealed class ObjectNode : Composite
{
    private readonly ObjectProperty[] _properties;
    private readonly FurtherProperties? _further;
    private readonly Punctuation _punctuation;

    // From each position on, before anything is written and after.
    private readonly long[] _costsOfAll;
    private readonly long[] _costsOfRest;

    /// <summary>Makes it.</summary>
    /// <param name="properties">Optional ones that cannot be written are left out.</param>
    /// <param name="further">Null where there are none.</param>
    /// <param name="punctuation">Braces and commas.</param>
    public ObjectNode(IEnumerable<ObjectProperty> properties, FurtherProperties? further, Punctuation punctuation)
    {
        _properties = [.. properties.Where(property => property.IsRequired || property.Value.Cost < Impossible)];
        _further = further is { Name.Cost: < Impossible, Value.Cost: < Impossible } ? further : null;
        _punctuation = punctuation;
        int count = _properties.Length;
        _costsOfAll = new long[count + 1];
        _costsOfRest = new long[count + 1];
        _costsOfAll[count] = punctuation.EmptyObject.Cost;
        _costsOfRest[count] = punctuation.CloseObject.Cost;
        for (int i = count - 1; i >= 0; i--)
        {
            ObjectProperty property = _properties[i];
            long written = Sum(property.Value.Cost, _costsOfRest[i + 1]);
            _costsOfAll[i] = Math.Min(Sum(property.First.Cost, written), property.IsRequired ? Impossible : _costsOfAll[i + 1]);
            _costsOfRest[i] = Math.Min(Sum(property.Later.Cost, written), property.IsRequired ? Impossible : _costsOfRest[i + 1]);
        }
    }

    /// <inheritdoc/>
    public override Goal Start => new(this, 0, 1);

    /// <inheritdoc/>
    public override long CostOf(in Goal goal) => (goal.Least == 1 ? _costsOfAll : _costsOfRest)[goal.Position];

    /// <inheritdoc/>
    public override IEnumerable<Goal[]> Alternatives(Goal goal)
    {
        bool isFirst = goal.Least == 1;
        for (int i = goal.Position; i < _properties.Length; i++)
        {
            ObjectProperty property = _properties[i];
            yield return [(isFirst ? property.First : property.Later).Start, property.Value.Start, new Goal(this, i + 1)];
            if (property.IsRequired)
            {
                yield break;
            }
        }

        yield return [(isFirst ? _punctuation.EmptyObject : _punctuation.CloseObject).Start];
        if (_further is not null)
        {
            yield return
            [
                (isFirst ? _punctuation.OpenObject : _punctuation.Comma).Start,
                _further.Name.Start,
                _punctuation.Colon.Start,
                _further.Value.Start,
                new Goal(this, _properties.Length),
            ];
        }
    }
}
