using System.Numerics.Tensors;

namespace Ibke.Runtime.Generation.Sampling;

/// <summary>The tokens that may still be chosen, in ascending order of ids, with their logits below the largest and, on request, probabilities.</summary>
internal sealed class Candidates
{
    private readonly int[] _ids;
    private readonly float[] _logits;
    private readonly double[] _probabilities;
    private readonly bool[] _keep;
    private bool _probabilitiesValid;

    /// <summary>Makes room for a vocabulary.</summary>
    public Candidates(int vocabularySize)
    {
        _ids = new int[vocabularySize];
        _logits = new float[vocabularySize];
        _probabilities = new double[vocabularySize];
        _keep = new bool[vocabularySize];
    }

    /// <summary>The number of tokens left.</summary>
    public int Count { get; private set; }

    /// <summary>Their ids, ascending.</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Count);

    /// <summary>Their logits in relation to the largest, over the temperature: at most 0.</summary>
    public ReadOnlySpan<float> Logits => _logits.AsSpan(0, Count);

    /// <summary>softmax of the logits of the tokens left.</summary>
    public ReadOnlySpan<double> Probabilities
    {
        get
        {
            if (!_probabilitiesValid)
            {
                Normalize();
            }

            return _probabilities.AsSpan(0, Count);
        }
    }

    /// <summary>
    /// Starts anew with all tokens whose logit is not negative infinity. Logits are taken relative to the largest, so that no
    /// temperature, however low, makes them overflow.
    /// </summary>
    public void Fill(ReadOnlySpan<float> logits, float temperature)
    {
        float largest = logits.IsEmpty ? 0 : TensorPrimitives.Max(logits);
        Count = 0;
        for (int id = 0; id < logits.Length; id++)
        {
            if (!float.IsNegativeInfinity(logits[id]))
            {
                _ids[Count] = id;
                _logits[Count++] = (logits[id] - largest) / temperature;
            }
        }

        _probabilitiesValid = false;
    }

    /// <summary>One entry for each token left, which a filter sets before it calls <see cref="DropUnkept"/>.</summary>
    public Span<bool> Keep => _keep.AsSpan(0, Count);

    /// <summary>Drops the tokens whose entry in <see cref="Keep"/> is false.</summary>
    public void DropUnkept()
    {
        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            if (_keep[i])
            {
                _ids[kept] = _ids[i];
                _logits[kept++] = _logits[i];
            }
        }

        _probabilitiesValid &= kept == Count;
        Count = kept;
    }

    private void Normalize()
    {
        double sum = 0;
        for (int i = 0; i < Count; i++)
        {
            sum += _probabilities[i] = Math.Exp(_logits[i]);
        }

        for (int i = 0; i < Count; i++)
        {
            _probabilities[i] /= sum;
        }

        _probabilitiesValid = true;
    }
}
