using System.Text.Json.Nodes;
using Ibke.Runtime.Chat;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Templates;
using Ibke.Runtime.Tokenization;

namespace Ibke.Runtime.Training.Data;

/// <summary>
/// Makes training documents of lines of JSON: chats, which have <c>messages</c>, and texts, which have <c>text</c> or <c>parts</c>. Other fields
/// are ignored.
/// </summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class DocumentReader
{
    private readonly ChatReading? _chats;
    private readonly TextReading _texts;

    /// <summary>A reader for a model.</summary>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="template">The model's chat template; null for a model that learns texts only.</param>
    /// <param name="generation">Names the tokens that end a reply or a text.</param>
    /// <param name="modelType"><c>model_type</c> of the model's configuration, where it is known.</param>
    public DocumentReader(Tokenizer tokenizer, ChatTemplate? template, GenerationConfig generation, string? modelType = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(generation);
        IReadOnlySet<int> turnEnds = new HashSet<int>();
        if (template is not null)
        {
            Dictionary<string, JsonNode?> variables = SpecialTokenVariables.Of(tokenizer);
            ChatDialect dialect = ChatDialect.Find(tokenizer, modelType, template, variables, chosen: null);
            turnEnds = dialect.TurnEnds;
            _chats = new ChatReading(
                tokenizer,
                new ConversationRenderer(tokenizer, template, dialect, variables),
                dialect.Calls.CanShowFunctions,
                new HashSet<int>([.. turnEnds, .. generation.EosTokenIds]));
        }

        _texts = new TextReading(tokenizer, EndOfText(tokenizer, generation, turnEnds));
    }

    /// <summary>The reader of a model folder, which need not have weights.</summary>
    /// <exception cref="CheckpointException">A file of the folder is missing or damaged.</exception>
    /// <exception cref="TemplateException">The chat template breaks the language's rules.</exception>
    public static DocumentReader Load(string folder) => new(
        Tokenizer.Load(folder),
        ChatTemplate.Load(folder),
        GenerationConfig.Load(folder),
        ConfigFile.TryOpen(folder, "config.json")?.GetString("model_type", null));

    /// <summary>Reads one line.</summary>
    /// <param name="file">The file, for messages.</param>
    /// <param name="line">The number of the line, for messages.</param>
    /// <param name="json">One JSON object in UTF-8.</param>
    /// <returns>
    /// At least one document. A chat gives more than one where the template writes earlier turns in another way once the conversation goes on; each
    /// reply is learned in one of them.
    /// </returns>
    /// <exception cref="TrainingDataException">The line is in neither form, the template refuses it, or there is nothing to learn.</exception>
    public IReadOnlyList<TrainingDocument> Read(string file, int line, ReadOnlyMemory<byte> json)
    {
        JsonField field = JsonField.Parse(file, line, json);
        if (field.TryGet("messages", out _))
        {
            return _chats?.Read(field) ?? throw field.Unusable("is a conversation, but the model has no chat template. Give one as chat_template.jinja.");
        }

        return TextReading.IsText(field) ? [_texts.Read(field)] : throw UnknownForm(field);
    }

    /// <summary>The error of a line in no known form.</summary>
    internal static TrainingDataException UnknownForm(JsonField line) =>
        line.Unusable("has none of \"messages\", \"text\" and \"parts\", so it is neither a conversation nor a text.");

    /// <summary>The token that ends a text: an end that ends no turn of a conversation, or else the tokenizer's.</summary>
    private static int? EndOfText(Tokenizer tokenizer, GenerationConfig generation, IReadOnlySet<int> turnEnds) =>
        generation.EosTokenIds.Where(id => !turnEnds.Contains(id)).Cast<int?>().FirstOrDefault()
        ?? (tokenizer.EosToken is { } token ? tokenizer.FindId(token) : null)
        ?? generation.EosTokenIds.Cast<int?>().FirstOrDefault();
}
