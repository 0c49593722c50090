using System.Text.Json.Nodes;
using Ibke.Runtime.Chat.Reasoning;
using Ibke.Runtime.Chat.ToolCalls;
using Ibke.Runtime.Templates;
using Ibke.Runtime.Tokenization;

namespace Ibke.Runtime.Chat;

/// <summary>How a model talks, as far as its template shows it: what marks calls and thoughts, and which tokens end a turn.</summary>
/// <param name="Calls">How it writes function calls.</param>
/// <param name="Reasoning">How it marks its thoughts, or null.</param>
/// <param name="TurnEnds">Tokens that end a turn in a conversation, besides those of the model's generation settings.</param>
/// <param name="StopSequences">Texts that end a turn.</param>
internal sealed record ChatDialect(ModelCalls Calls, ReasoningFormat? Reasoning, IReadOnlySet<int> TurnEnds, IReadOnlyList<string> StopSequences)
{
    /// <summary>Tokens with which published templates end an assistant's turn, where they are special tokens.</summary>
    private static readonly string[] _turnEnds =
        ["<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<|end|>", "<end_of_turn>", "<|end_of_text|>", "<|END_OF_TURN_TOKEN|>", "<｜end▁of▁sentence｜>"];

    /// <summary>Finds it out.</summary>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="modelType"><c>model_type</c> of the model's configuration, or null.</param>
    /// <param name="template">Makes the prompts.</param>
    /// <param name="variables">What every rendering is given.</param>
    /// <param name="chosen">The format of calls that the host has chosen, or null.</param>
    public static ChatDialect Find(
        Tokenizer tokenizer, string? modelType, ChatTemplate template, IReadOnlyDictionary<string, JsonNode?> variables, ToolCallFormat? chosen)
    {
        ChatTemplate forTools = template.ForTools ?? template;
        IEnumerable<string> ends = _turnEnds.Where(end => template.Source.Contains(end, StringComparison.Ordinal));
        return new ChatDialect(
            ModelCalls.Find(CallProbe.Run(forTools, variables), forTools.Source, modelType, chosen),
            ReasoningFormat.Find(template),
            ends.Append(tokenizer.EosToken).OfType<string>().Select(tokenizer.FindId).OfType<int>().Where(tokenizer.IsSpecial).ToHashSet(),
            template.StopSequences);
    }

    /// <summary>Special tokens that a reply is read by; the others mean nothing to a reader.</summary>
    public IReadOnlySet<int> MarksIn(Tokenizer tokenizer, bool mayCall) =>
        (mayCall ? Calls.Format.ControlMarks : []).Concat(Reasoning?.Marks ?? [])
            .Select(tokenizer.FindId).OfType<int>().Where(tokenizer.IsSpecial).ToHashSet();
}
