using System.Text.Json.Nodes;
using Ibke.Cli.Rendering;
using Ibke.Runtime.Chat;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Models;
using Ibke.Runtime.Templates;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Tokenization;

namespace Ibke.Cli.Inspecting;

/// <summary>Reads the parts of a model folder one by one, so that a broken one does not hide the others.</summary>
internal static class ModelInspector
{
    /// <summary>Looks at everything, and tries to load the model at the end.</summary>
    public static ModelReport Inspect(string folder, string? tokenizerFolder, ChatTemplate? template, CancellationToken cancellation)
    {
        ModelReport report = new()
        {
            Folder = folder,
            Files = Files(folder),
        };
        Read(report, () => report.Architecture = ConfigFile.Open(folder).GetStrings("architectures").FirstOrDefault());
        Read(report, () => report.Weights = Weights(folder, cancellation));
        Read(report, () => report.Tokenizer = Tokens(report, tokenizerFolder ?? folder));
        Read(report, () => report.Template = Template(report, template ?? ChatTemplate.Load(tokenizerFolder ?? folder), tokenizerFolder ?? folder));
        Read(report, () => report.Generation = GenerationConfig.Load(folder));
        Read(report, () => report.Editor = Editor(report, folder));
        Read(report, () => report.Card = Card(folder));
        cancellation.ThrowIfCancellationRequested();
        Read(report, () => Load(report, folder, tokenizerFolder, template));
        return report;
    }

    // The files of a folder that is no model's say nothing, and may be very many.
    private static FolderFile[] Files(string folder)
    {
        FileInfo[] files = [.. new DirectoryInfo(folder).EnumerateFiles().OrderBy(file => file.Name, StringComparer.Ordinal)];
        return files.Any(file => file.Name == "config.json" || file.Extension == ".safetensors")
            ? [.. files.Select(file => new FolderFile(file.Name, file.Length))]
            : [];
    }

    // A missing file is the finding of several parts; it is told once.
    private static void Read(ModelReport report, Action part)
    {
        try
        {
            part();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            string problem = e.Message.ReplaceLineEndings(" ");
            if (!report.Problems.Contains(problem))
            {
                report.Problems.Add(problem);
            }
        }
    }

    private static WeightsReport Weights(string folder, CancellationToken cancellation)
    {
        using Checkpoint checkpoint = Checkpoint.Open(folder);
        StoredTensor[] tensors = [.. checkpoint.Names.Select(checkpoint.Get)];
        cancellation.ThrowIfCancellationRequested();
        return new WeightsReport(
            tensors.Sum(tensor => tensor.Shape.Count),
            checkpoint.Bytes,
            [.. tensors.GroupBy(tensor => tensor.ElementType).Select(group => new StoredAs(
                group.Key, group.Count(), group.Sum(tensor => tensor.Shape.Count), group.Sum(tensor => tensor.Bytes.Length)))],
            checkpoint.ContentHash);
    }

    private static TokenizerReport? Tokens(ModelReport report, string folder)
    {
        if (!File.Exists(Path.Combine(folder, "tokenizer.json")))
        {
            report.Problems.Add("There is no tokenizer (tokenizer.json): tokens can be continued, but no text. --tokenizer DIR takes one from elsewhere.");
            return null;
        }

        Tokenizer tokenizer = Tokenizer.Load(folder);
        string? kind = ConfigFile.Open(folder, "tokenizer.json").TryGetObject("model")?.GetString("type", missing: null);
        return new TokenizerReport(kind, tokenizer.VocabularySize, tokenizer.BosToken, tokenizer.EosToken);
    }

    private static TemplateReport? Template(ModelReport report, ChatTemplate? template, string tokenizerFolder)
    {
        if (template is null)
        {
            report.Problems.Add(
                "There is no chat template (chat_template.jinja, or in tokenizer_config.json): `ibke chat` gives the conversation as a plain dialogue. --template FILE names one.");
            return null;
        }

        try
        {
            return new TemplateReport(template.Render(
                [new JsonObject { ["role"] = "user", ["content"] = "Hello" }], variables: TemplateVariables.OfFolder(tokenizerFolder)));
        }
        catch (TemplateException e)
        {
            report.Problems.Add($"The chat template refuses a single question: {e.Message}");
            return new TemplateReport((string?)null);
        }
    }

    private static EditorReport? Editor(ModelReport report, string folder)
    {
        if (ConfigFile.TryOpen(folder, "editor.json") is not { } editor)
        {
            report.Problems.Add("There is no trained editor (editor.json, editor.safetensors): edits are made by constrained fine-tuning, which holds in fewer other wordings.");
            return null;
        }

        string? hash = editor.GetString("model_sha256", missing: null);
        bool? made = hash is null ? null : string.Equals(hash, report.Weights?.Sha256, StringComparison.OrdinalIgnoreCase);
        if (made == false && report.Weights is not null)
        {
            report.Problems.Add("editor.json was made for other weights (model_sha256 differs): edits will be refused. Use the editor of this model.");
        }

        return new EditorReport(editor.GetString("format"), editor.GetInt("rounds"), made);
    }

    private static CardReport? Card(string folder)
    {
        if (!File.Exists(Path.Combine(folder, ModelCard.FileName)))
        {
            return null;
        }

        ModelCard card = ModelCard.Load(folder);
        return new CardReport(
            card.UnknownAnswer, card.Rephrasings.Count, card.Rephrasings.Sum(group => group.Count), card.Locality.Count, card.Text.Count, card.Canaries.Count);
    }

    private static void Load(ModelReport report, string folder, string? tokenizerFolder, ChatTemplate? template)
    {
        using LanguageModel model = LanguageModel.Load(folder, new LanguageModelOptions { TokenizerFolder = tokenizerFolder });
        report.Config = model.Config;
        report.Loads = true;
        if (report.Template is { } chat && model.HasTokenizer)
        {
            using LocalChatClient client = new(model, new LocalChatClientOptions { Template = template });
            chat.ToolCalls = client.ToolCallFormat.Name;
        }

        if (report.Editor is { ForThisModel: not false } && model.HasTokenizer)
        {
            KnowledgeEditor.Load(model);
        }
    }
}
