using Ibke.Runtime.Knowledge.Sources;
using Microsoft.Extensions.Options;

namespace Ibke.Runtime.Hosting;

/// <summary>Says at the start what is wrong with the configuration, naming the keys.</summary>
internal sealed class IbkeOptionsValidator : IValidateOptions<IbkeOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, IbkeOptions options)
    {
        string[] problems = [.. FindProblems(options)];
        return problems.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> FindProblems(IbkeOptions options)
    {
        const string Section = IbkeOptions.SectionName;
        if (string.IsNullOrWhiteSpace(options.Model))
        {
            yield return $"{Section}:Model is missing. Give the folder of a model.";
        }
        else if (!Directory.Exists(options.Model))
        {
            yield return $"{Section}:Model is {options.Model}, but there is no such folder.";
        }

        if (options.Editor is { } editor && !Directory.Exists(editor))
        {
            yield return $"{Section}:Editor is {editor}, but there is no such folder.";
        }

        if (options.Journal is { File: not null, Postgres: not null })
        {
            yield return $"{Section}:Journal has both a File and Postgres. Give one of them.";
        }

        foreach (string problem in options.Policy.FindProblems())
        {
            yield return $"{Section}:Policy:{problem}";
        }

        if (!Enum.IsDefined(options.AnswerChecks))
        {
            yield return $"{Section}:AnswerChecks is {options.AnswerChecks}, but must be Off, Report, Propose or Correct.";
        }

        foreach ((int i, IbkeSourceOptions source) in options.Sources.Index())
        {
            if (FactSources.FindProblem(source.Place) is { } problem)
            {
                yield return $"{Section}:Sources:{i}:Place: {problem}";
            }
        }

        foreach ((string key, TimeSpan time, bool positive) in new[]
        {
            ("Probation", options.Probation, false), ("UpkeepInterval", options.UpkeepInterval, true), ("DrainTime", options.DrainTime, false),
        })
        {
            if (time < TimeSpan.Zero || (positive && time == TimeSpan.Zero))
            {
                yield return $"{Section}:{key} is {time}, but must {(positive ? "be positive" : "not be negative")}.";
            }
        }
    }
}
