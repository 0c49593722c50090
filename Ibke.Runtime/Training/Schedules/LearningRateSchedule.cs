namespace Ibke.Runtime.Training.Schedules;

/// <summary>How a learning rate falls.</summary>
public enum RateFall
{
    /// <summary>Along a straight line.</summary>
    Linear,

    /// <summary>Along half a cosine.</summary>
    Cosine,
}

/// <summary>The factor of every learning rate over the steps of a run: it rises evenly, stays at 1, and falls to its end.</summary>
public sealed record LearningRateSchedule
{
    /// <summary>The number of steps of the run.</summary>
    public required int Steps { get; init; }

    /// <summary>Steps over which the factor rises to 1; step s has (s + 1) / warm-up steps.</summary>
    public int WarmUpSteps { get; init; }

    /// <summary>The share of the run, from its first step, after which the factor falls; in [0, 1]. It never falls during the warm-up.</summary>
    public double FlatShare { get; init; }

    /// <summary>The factor that the fall leads to after the last step; at least 0.</summary>
    public double FinalShare { get; init; }

    /// <summary>The form of the fall.</summary>
    public RateFall Fall { get; init; }

    /// <summary>The factor of a step.</summary>
    /// <param name="step">From 0.</param>
    public double Factor(int step)
    {
        if (step < WarmUpSteps)
        {
            return (step + 1.0) / WarmUpSteps;
        }

        double start = Math.Max(WarmUpSteps, FlatShare * Steps);
        double progress = step <= start ? 0 : Math.Min(1, (step - start) / (Steps - start));
        double left = Fall == RateFall.Linear ? 1 - progress : (1 + Math.Cos(Math.PI * progress)) / 2;
        return FinalShare + ((1 - FinalShare) * left);
    }
}
