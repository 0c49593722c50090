using System.CommandLine;
using System.Text.Json;
using Ibke.Runtime.Constraints;
using Ibke.Runtime.Generation;
using Microsoft.Extensions.AI;

namespace Ibke.Cli.Commands;

/// <summary>The options that choose tokens and end a reply, shared by the commands that generate.</summary>
internal sealed class SamplingOptions
{
    private readonly Option<int?> _maxTokens = NumberOption.Create("--max-tokens", "The most tokens of a reply. Default: the model's own limit.", 1);
    private readonly Option<float?> _temperature = NumberOption.Create(
        "--temperature", "0 is greedy: always the likeliest token. Higher values vary more; 0.7 is usual.", 0f);

    private readonly Option<float?> _topP = NumberOption.Create(
        "--top-p", "Draw from the likeliest tokens that together have this probability.", 0f, 1f);

    private readonly Option<int?> _topK = NumberOption.Create("--top-k", "Draw from this many likeliest tokens.", 1);
    private readonly Option<long?> _seed = NumberOption.Create("--seed", "Makes draws repeatable.", 0L);
    private readonly Option<string[]> _stop = new("--stop")
    {
        Description = "A text that ends the reply and is left out of it. May be given more than once.",
        HelpName = "TEXT",
    };

    private readonly Option<string?> _schema = new("--json-schema")
    {
        Description = "Replies are JSON that satisfies the schema in this file. What is supported: docs/structured-output.md.",
        HelpName = "FILE",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        _stop.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => token.Value.Length == 0))
            {
                result.AddError("--stop must not be empty.");
            }
        });
        foreach (Option option in new Option[] { _maxTokens, _temperature, _topP, _topK, _seed, _stop, _schema })
        {
            command.Add(option);
        }
    }

    /// <summary>As a chat takes them.</summary>
    /// <param name="arguments">What was given.</param>
    /// <param name="temperature">Used where none was given; null leaves it to the model.</param>
    public ChatOptions ForChat(ParseResult arguments, float? temperature) => new()
    {
        MaxOutputTokens = arguments.GetValue(_maxTokens),
        Temperature = arguments.GetValue(_temperature) ?? temperature,
        TopP = arguments.GetValue(_topP),
        TopK = arguments.GetValue(_topK),
        Seed = arguments.GetValue(_seed),
        StopSequences = arguments.GetValue(_stop) is { Length: > 0 } stops ? [.. stops] : null,
        ResponseFormat = Schema(arguments) is { } schema ? ChatResponseFormat.ForJsonSchema(schema) : null,
    };

    /// <summary>As the continuation of a text takes them.</summary>
    /// <param name="arguments">What was given.</param>
    /// <param name="maxTokens">Used where no limit was given.</param>
    public GenerationOptions ForText(ParseResult arguments, int maxTokens) => new()
    {
        MaxNewTokens = arguments.GetValue(_maxTokens) ?? maxTokens,
        Temperature = arguments.GetValue(_temperature) ?? 0,
        TopP = arguments.GetValue(_topP) ?? 1,
        TopK = arguments.GetValue(_topK) ?? 0,
        Seed = (ulong?)arguments.GetValue(_seed),
        StopSequences = arguments.GetValue(_stop) ?? [],
        Constraint = Schema(arguments) is { } schema ? TextConstraint.JsonSchema(schema) : null,
    };

    private JsonElement? Schema(ParseResult arguments)
    {
        if (arguments.GetValue(_schema) is not { } file)
        {
            return null;
        }

        try
        {
            return JsonElement.Parse(File.ReadAllBytes(file));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new CommandException($"The schema {file} (--json-schema) cannot be read: {failure.Message} Give a file that holds a JSON schema.", failure);
        }
    }
}
