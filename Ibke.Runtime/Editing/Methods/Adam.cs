namespace Ibke.Runtime.Editing.Methods;

/// <summary>Adam (Kingma, Ba: A Method for Stochastic Optimization) over the few values that a method optimises for an edit.</summary>
internal sealed class Adam(int count)
{
    private const float FirstDecay = 0.9f, SecondDecay = 0.999f, Epsilon = 1e-8f;

    private readonly float[] _first = new float[count];
    private readonly float[] _second = new float[count];
    private int _steps;

    /// <summary>values −= rate · m̂ / (√v̂ + ε).</summary>
    public void Step(Span<float> values, ReadOnlySpan<float> gradient, float rate)
    {
        _steps++;
        float firstScale = 1 / (1 - MathF.Pow(FirstDecay, _steps)), secondScale = 1 / (1 - MathF.Pow(SecondDecay, _steps));
        for (int i = 0; i < values.Length; i++)
        {
            _first[i] += (1 - FirstDecay) * (gradient[i] - _first[i]);
            _second[i] += (1 - SecondDecay) * ((gradient[i] * gradient[i]) - _second[i]);
            values[i] -= rate * _first[i] * firstScale / (MathF.Sqrt(_second[i] * secondScale) + Epsilon);
        }
    }
}
