using System.Text.Json.Serialization;

namespace Ibke.Runtime.Scoring;

/// <summary>What one setting of a method reached on the validation cases.</summary>
/// <param name="Method">The method.</param>
/// <param name="Settings">The setting.</param>
/// <param name="Reliability">Share of right answers, 0 … 1.</param>
/// <param name="Generality">Share of right answers, 0 … 1.</param>
/// <param name="Locality">Share of right answers, 0 … 1.</param>
/// <param name="Seconds">What the trial took.</param>
public sealed record TuningTrial(string Method, string Settings, double Reliability, double Generality, double Locality, double Seconds)
{
    /// <summary>What trials are compared by, 0 … 3.</summary>
    [JsonIgnore]
    public double Sum => Reliability + Generality + Locality;
}
