using System.Collections.Immutable;

namespace Ibke.Runtime.Tensors;

/// <summary>The sizes of a tensor's dimensions, outermost first; row-major.</summary>
public readonly struct TensorShape : IEquatable<TensorShape>
{
    private readonly ImmutableArray<int> _dimensions;

    /// <summary>Makes a shape.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative.</exception>
    public TensorShape(params ReadOnlySpan<int> dimensions)
    {
        foreach (int size in dimensions)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(size, nameof(dimensions));
        }

        _dimensions = [.. dimensions];
    }

    /// <summary>The number of dimensions; 0 for a scalar.</summary>
    public int Rank => _dimensions.IsDefault ? 0 : _dimensions.Length;

    /// <summary>The size of one dimension; a negative index counts from the end.</summary>
    public int this[int dimension] => _dimensions[dimension < 0 ? Rank + dimension : dimension];

    /// <summary>The number of values.</summary>
    public long Count
    {
        get
        {
            long count = 1;
            for (int i = 0; i < Rank; i++)
            {
                count = checked(count * _dimensions[i]);
            }

            return count;
        }
    }

    /// <summary>The size of the last dimension; 1 for a scalar.</summary>
    public int Columns => Rank == 0 ? 1 : this[-1];

    /// <summary>The number of rows when all dimensions but the last are read as one.</summary>
    public int Rows => Columns == 0 ? 0 : checked((int)(Count / Columns));

    /// <inheritdoc/>
    public bool Equals(TensorShape other)
    {
        if (Rank != other.Rank)
        {
            return false;
        }

        for (int i = 0; i < Rank; i++)
        {
            if (this[i] != other[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TensorShape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        for (int i = 0; i < Rank; i++)
        {
            hash.Add(this[i]);
        }

        return hash.ToHashCode();
    }

    /// <summary>The sizes in brackets, such as <c>[24, 48]</c>.</summary>
    public override string ToString() => Rank == 0 ? "[]" : $"[{string.Join(", ", _dimensions)}]";

    /// <summary>Whether two shapes are the same.</summary>
    public static bool operator ==(TensorShape left, TensorShape right) => left.Equals(right);

    /// <summary>Whether two shapes differ.</summary>
    public static bool operator !=(TensorShape left, TensorShape right) => !left.Equals(right);
}
