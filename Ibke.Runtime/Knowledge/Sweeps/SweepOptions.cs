namespace Ibke.Runtime.Knowledge.Sweeps;

/// <summary>How a sweep goes. Checked once, when it begins.</summary>
public sealed record SweepOptions
{
    /// <summary>Whether an edit is proposed for each stale fact; policy decides what becomes of it. Default: no.</summary>
    public bool Propose { get; init; }

    /// <summary>Facts that are asked together, in one pass of the model where it answers as the source does. 1 … 1,000, default 32.</summary>
    public int Batch { get; init; } = 32;

    /// <summary>The share of the time that the model is asked; the rest is left to chats. Above 0, at most 1; default 0.5.</summary>
    public double Share { get; init; } = 0.5;

    /// <summary>Facts that the source last confirmed before this day are named old and not compared. Null: none are.</summary>
    public DateOnly? OldestDay { get; init; }

    /// <summary>The file where the sweep keeps how far it is, so that it goes on there after it was ended; null: it begins anew.</summary>
    public string? StateFile { get; init; }

    /// <summary>For the time left. Default: the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    internal SweepOptions Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Batch, 1, nameof(Batch));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Batch, 1000, nameof(Batch));
        return Share is > 0 and <= 1 ? this : throw new ArgumentOutOfRangeException(nameof(Share), Share, "The share must be above 0 and at most 1.");
    }
}
