using Ibke.Cli.Terminals;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Models;
using Spectre.Console;

namespace Ibke.Cli.Commands;

/// <summary>Loads the model of a command, and says so on a terminal while it takes.</summary>
internal static class ModelLoading
{
    /// <summary>Loads the model of a folder, with its own tokenizer or that of another folder.</summary>
    public static LanguageModel Load(Terminal terminal, string folder, WeightStorage weights, string? tokenizerFolder = null)
    {
        LanguageModelOptions options = new() { TokenizerFolder = tokenizerFolder, Weights = weights };
        return terminal.ErrorIsTerminal
            ? terminal.Status.Status().Start($"loading {Markup.Escape(folder)}", _ => LanguageModel.Load(folder, options))
            : LanguageModel.Load(folder, options);
    }

    /// <summary>Loads the editor of a model, and says so where none was trained.</summary>
    public static KnowledgeEditor LoadEditor(Terminal terminal, LanguageModel model)
    {
        KnowledgeEditor editor = KnowledgeEditor.Load(model);
        if (!editor.IsTrained)
        {
            terminal.Error.WriteLine(
                $"{model.Folder} has no trained editor: edits are made by constrained fine-tuning ({editor.Method}), which holds in fewer other wordings "
                + "and takes longer with every edit. ibke train-editor trains one.");
        }

        return editor;
    }

    /// <summary>Makes sure that a model reads and writes text.</summary>
    /// <exception cref="CommandException">It has no tokenizer.</exception>
    public static void RequireTokenizer(LanguageModel model)
    {
        if (!model.HasTokenizer)
        {
            throw new CommandException($"{model.Folder} has no tokenizer.json, so the model cannot read text. Name a folder that has one: --tokenizer DIR.");
        }
    }
}
