using System.Text.Json.Nodes;
using Ibke.Runtime.Chat.ToolCalls;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Generation;
using Ibke.Runtime.Models;
using Ibke.Runtime.Templates;

namespace Ibke.Runtime.Chat;

/// <summary>Makes the tokens of a conversation by the model's template and tokenizer.</summary>
internal sealed class PromptBuilder
{
    private readonly LanguageModel _model;
    private readonly ContextOverflow _overflow;
    private readonly ChatTemplate _template;
    private readonly LiteralMessages _literal;
    private readonly Dictionary<string, JsonNode?> _variables = [];

    public PromptBuilder(LanguageModel model, LocalChatClientOptions options)
    {
        _model = model;
        _overflow = options.ContextOverflow;
        _template = model.Template ?? throw new ArgumentException(
            $"The model '{model.Id}' has no chat template, so it cannot chat. Use TextGenerator for plain continuation.", nameof(model));
        _literal = new LiteralMessages(model.Tokenizer, _template);
        AddVariable("bos_token", model.Tokenizer.BosToken);
        AddVariable("eos_token", model.Tokenizer.EosToken);
        Calls = ModelCalls.Find(
            CallProbe.Run(_template, _variables),
            _template.Source,
            ConfigFile.TryOpen(model.Folder, "config.json")?.GetString("model_type", null),
            options.ToolCallFormat);
    }

    /// <summary>How the model writes calls.</summary>
    public ModelCalls Calls { get; }

    /// <summary>The tokens up to the place where the reply begins, or goes on after its forced beginning.</summary>
    /// <exception cref="PromptTooLongException">The conversation does not fit, and its older turns may not or need not be dropped.</exception>
    /// <exception cref="TemplateException">The template refuses the conversation.</exception>
    public IReadOnlyList<int> Build(ChatRequest request, CancellationToken cancellationToken)
    {
        IReadOnlyList<int> ids = Encode(request, cancellationToken);
        int limit = _model.Config.ContextLength - RoomForReply(request);
        while (_overflow == ContextOverflow.DropOldestTurns && ids.Count > limit && request.Conversation.TryDropOldestTurn())
        {
            ids = Encode(request, cancellationToken);
        }

        return ids.Count < _model.Config.ContextLength ? ids : throw new PromptTooLongException(ids.Count, _model.Config.ContextLength);
    }

    private int RoomForReply(ChatRequest request) =>
        Math.Clamp(request.MaximumOutputTokens ?? int.MaxValue, 1, Math.Max(1, _model.Config.ContextLength / 4));

    private IReadOnlyList<int> Encode(ChatRequest request, CancellationToken cancellationToken)
    {
        string text = _template.Render(
            _literal.Messages(request.Conversation.ToJson()),
            _literal.Declarations(request.Tools.Declarations),
            variables: _variables,
            cancellationToken: cancellationToken);
        return _model.Tokenizer.EncodeMarked(text + request.Tools.Beginning);
    }

    private void AddVariable(string name, string? value)
    {
        if (value is not null)
        {
            _variables[name] = value;
        }
    }
}
