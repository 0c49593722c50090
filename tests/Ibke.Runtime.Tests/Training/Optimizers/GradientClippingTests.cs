using Ibke.Runtime.Training.Optimizers;

namespace Ibke.Runtime.Tests.Training.Optimizers;

public sealed class GradientClippingTests
{
    private readonly TrainableParameter[] _parameters = [AdamWTests.Parameter("a", 1, new Random(1)), AdamWTests.Parameter("b", 2, new Random(2))];

    public GradientClippingTests()
    {
        _parameters[0].Gradient[0] = 2;
        (_parameters[1].Gradient[0], _parameters[1].Gradient[1]) = (-2, 1);
    }

    [Fact]
    public void Clip_NormAboveLimit_ScalesAllTogether()
    {
        double norm = GradientClipping.Clip(_parameters, 1.5f);

        Assert.Equal(3, norm, 1e-6);
        Assert.Equal(1.5, GradientClipping.Norm(_parameters), 1e-5);
        Assert.Equal([1f, -1f, .5f], _parameters.SelectMany(parameter => parameter.Gradient).Select(value => MathF.Round(value, 5)));
    }

    [Theory]
    [InlineData(3.5f)]
    [InlineData(null)]
    public void Clip_NoLimitOrNormBelow_LeavesThem(float? limit)
    {
        double norm = GradientClipping.Clip(_parameters, limit);

        Assert.Equal(3, norm, 1e-6);
        Assert.Equal([2f, -2f, 1f], _parameters.SelectMany(parameter => parameter.Gradient));
    }
}
