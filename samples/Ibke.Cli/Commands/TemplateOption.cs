using System.CommandLine;
using Ibke.Cli.Terminals;
using Ibke.Runtime.Models;
using Ibke.Runtime.Templates;

namespace Ibke.Cli.Commands;

/// <summary>Where the chat template comes from, if not from the model's folder.</summary>
internal static class TemplateOption
{
    /// <summary>The option <c>--template</c>.</summary>
    public static Option<string?> Create() => new("--template") { Description = "A file with a chat template that is used in place of the model's.", HelpName = "FILE" };

    /// <summary>The template of a file.</summary>
    /// <exception cref="CommandException">The file cannot be read, or holds no template.</exception>
    public static ChatTemplate Load(string path)
    {
        try
        {
            return ChatTemplate.Parse(File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TemplateException)
        {
            throw new CommandException($"{path} (--template): {e.Message}", e);
        }
    }

    /// <summary>The template that a model chats by: that of a file, or null for its own, or the plain one, with a notice, where it has none.</summary>
    /// <exception cref="CommandException">The file cannot be read, or holds no template.</exception>
    public static ChatTemplate? ForChat(string? path, LanguageModel model, Terminal terminal)
    {
        if (path is not null)
        {
            return Load(path);
        }

        if (model.Template is not null)
        {
            return null;
        }

        terminal.Error.WriteLine(
            $"ibke: {model.Id} has no chat template; it is given the conversation as a dialogue of User and Assistant. --template FILE names one.");
        return ChatTemplate.Plain;
    }

    /// <summary>The template of a file, or else that of a folder.</summary>
    /// <exception cref="CommandException">The file cannot be read, or there is no template.</exception>
    public static ChatTemplate Load(string? path, string folder) => path is not null ? Load(path) : ChatTemplate.Load(folder)
        ?? throw new CommandException($"{folder} has no chat template (chat_template.jinja, or in tokenizer_config.json). Name one by --template FILE, or a folder that has one by --tokenizer DIR.");
}
