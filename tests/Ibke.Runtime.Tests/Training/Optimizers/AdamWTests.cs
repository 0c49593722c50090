using Ibke.Runtime.Tensors;
using Ibke.Runtime.Training.Optimizers;

namespace Ibke.Runtime.Tests.Training.Optimizers;

public sealed class AdamWTests
{
    [Fact]
    public void Step_SeveralSteps_GivesThePublishedFormula()
    {
        const int Count = 5001; // more than one chunk, and no whole vectors
        Random random = new(1);
        TrainableParameter parameter = Parameter("w", Count, random);
        double[] values = [.. parameter.Values.Select(value => (double)value)];
        (double[] first, double[] second) = (new double[Count], new double[Count]);
        AdamW optimizer = new([parameter], new AdamWSettings(.8f, .9f, 1e-3f, .1f));

        for (int step = 1; step <= 3; step++)
        {
            Fill(parameter.Gradient, random);
            float rate = .05f / step;
            for (int i = 0; i < Count; i++)
            {
                first[i] = .8 * first[i] + .2 * parameter.Gradient[i];
                second[i] = .9 * second[i] + .1 * parameter.Gradient[i] * parameter.Gradient[i];
                double corrected = first[i] / (1 - Math.Pow(.8, step));
                double root = Math.Sqrt(second[i] / (1 - Math.Pow(.9, step)));
                values[i] -= rate * (.1 * values[i] + corrected / (root + 1e-3));
            }

            optimizer.Step(rate);
        }

        Assert.Equal(3, optimizer.Steps);
        Assert.All(values.Zip(parameter.Values), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public void State_OfGroups_HasNamesOfItsOwnAndHoldsWhatTheNextStepNeeds()
    {
        Random random = new(2);
        (TrainableParameter one, TrainableParameter other) = (Parameter("a", 10, random), Parameter("a", 10, new Random(2)));
        (AdamW first, AdamW second) = (new([one], new AdamWSettings()), new([other], new AdamWSettings()));
        Fill(one.Gradient, random);
        first.Step(.1f);

        one.Values.CopyTo(other.Values, 0);
        one.Gradient.CopyTo(other.Gradient, 0);
        second.Steps = first.Steps;
        foreach ((string name, float[] values) in first.State)
        {
            values.CopyTo(second.State[name], 0);
        }

        first.Step(.1f);
        second.Step(.1f);

        Assert.Equal(["first.a", "second.a"], first.State.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(one.Values, other.Values);
    }

    internal static TrainableParameter Parameter(string name, int count, Random random)
    {
        float[] values = new float[count];
        Fill(values, random);
        return new TrainableParameter(name, new TensorShape(count), values);
    }

    internal static void Fill(float[] values, Random random)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)(random.NextDouble() - .5);
        }
    }
}
