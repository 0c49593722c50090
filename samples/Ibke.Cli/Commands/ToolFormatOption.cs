using System.CommandLine;
using Ibke.Runtime.Chat.ToolCalls;

namespace Ibke.Cli.Commands;

/// <summary>How a model writes calls of functions, if its template does not show it.</summary>
internal static class ToolFormatOption
{
    private static readonly string _names = string.Join(", ", ToolCallFormats.All.Select(format => format.Name));

    /// <summary>The option <c>--tool-format</c>; null: as the model's template shows it.</summary>
    public static Option<ToolCallFormat?> Create() => new("--tool-format")
    {
        Description = $"How calls of \"tools\" are written. Default: as the chat template shows it. A model whose template shows no functions is told of them in this form. One of {_names}.",
        HelpName = "NAME",
        CustomParser = result =>
        {
            string given = result.Tokens[0].Value;
            ToolCallFormat? format = ToolCallFormats.All.FirstOrDefault(format => format.Name == given);
            if (format is null)
            {
                result.AddError($"--tool-format is '{given}', but must be one of {_names}.");
            }

            return format;
        },
    };
}
