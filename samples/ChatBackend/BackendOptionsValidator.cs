using Ibke.Samples.ChatBackend.Security;
using Microsoft.Extensions.Options;

namespace Ibke.Samples.ChatBackend;

/// <summary>Says what is wrong with the configuration, naming the keys.</summary>
internal sealed class BackendOptionsValidator : IValidateOptions<BackendOptions>
{
    private const int LongestName = 100;
    private const int HashLength = 64;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, BackendOptions options)
    {
        string[] problems = [.. LimitProblems(options.Limits), .. KeyProblems(options.Keys)];
        return problems.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> LimitProblems(LimitOptions limits)
    {
        foreach ((string key, int value, int least) in new[]
        {
            (nameof(limits.MaxRunning), limits.MaxRunning, 1),
            (nameof(limits.MaxWaiting), limits.MaxWaiting, 0),
            (nameof(limits.MaxWaitingPerCaller), limits.MaxWaitingPerCaller, 0),
            (nameof(limits.MaxTokens), limits.MaxTokens, 1),
            (nameof(limits.MaxConnections), limits.MaxConnections, 1),
        })
        {
            if (value < least)
            {
                yield return $"Backend:Limits:{key} is {value}, but must be at least {least}.";
            }
        }
    }

    private static IEnumerable<string> KeyProblems(IList<KeyOptions> keys)
    {
        foreach ((int i, KeyOptions key) in keys.Index())
        {
            if (string.IsNullOrWhiteSpace(key.Name) || key.Name.Length > LongestName || key.Name.Any(char.IsControl))
            {
                yield return $"Backend:Keys:{i}:Name must be of 1 to {LongestName} characters, none of them a control character.";
            }

            if (key.Hash.Length != HashLength || !key.Hash.All(char.IsAsciiHexDigit))
            {
                yield return $"Backend:Keys:{i}:Hash must be {HashLength} hexadecimal digits.";
            }

            if (BackendRoleNames.TryParse(key.Roles) is null)
            {
                yield return $"Backend:Keys:{i}:Roles must name some of {BackendRoleNames.All}.";
            }
        }

        // Two keys of one name would approve for each other.
        foreach (IGrouping<string, KeyOptions> same in keys.GroupBy(key => key.Name, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1))
        {
            yield return $"Backend:Keys has the name {same.Key} twice.";
        }
    }
}
