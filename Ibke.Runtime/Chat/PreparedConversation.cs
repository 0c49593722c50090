using System.Text.Json.Nodes;
using Ibke.Runtime.Chat.ToolCalls;
using Ibke.Runtime.Templates;

namespace Ibke.Runtime.Chat;

/// <summary>A conversation whose quoted tokens are marked, ready to be rendered. Thread-safe.</summary>
/// <param name="template">The template.</param>
/// <param name="calls">How the model writes calls.</param>
/// <param name="messages">Marked messages; not written to.</param>
/// <param name="functions">Marked declarations of the functions, or null.</param>
/// <param name="mayCall">Whether the reply may call them.</param>
/// <param name="variables">Further variables of the template.</param>
internal sealed class PreparedConversation(
    ChatTemplate template, ModelCalls calls, JsonArray messages, JsonArray? functions, bool mayCall, Dictionary<string, JsonNode?> variables)
{
    /// <summary>
    /// The text of the first messages. What the template refuses by its order is said again in an order that more templates take.
    /// </summary>
    /// <param name="count">How many messages are rendered.</param>
    /// <param name="addGenerationPrompt">Whether the text ends with the beginning of the assistant's turn.</param>
    /// <param name="cancellationToken">Ends a long rendering.</param>
    /// <exception cref="TemplateException">The template refuses the conversation.</exception>
    public string Render(int count, bool addGenerationPrompt, CancellationToken cancellationToken)
    {
        JsonArray shaped = MessageForm.Shaped(messages.Take(count), calls.Shape, calls.Syntax);
        if (mayCall && calls.HidesFunctions)
        {
            shaped = MessageForm.WithFunctions(shaped, functions!, calls.Syntax!);
        }

        try
        {
            return Render(shaped);
        }
        catch (TemplateException refusal) when (refusal.IsRaisedByTemplate)
        {
            string? text = TryRender(MessageForm.WithTurnsMerged(shaped))
                ?? TryRender(MessageForm.WithTurnsMerged(MessageForm.WithSystemInUserText(shaped)))
                ?? TryRender(MessageForm.WithTurnsMerged(MessageForm.WithSystemInUserText(MessageForm.WithResultsInUserText(shaped))));
            if (text is null)
            {
                throw;
            }

            return text;
        }

        string Render(JsonArray form) => template.Render(form, functions, addGenerationPrompt, variables, cancellationToken);

        string? TryRender(JsonArray form)
        {
            try
            {
                return Render(form);
            }
            catch (TemplateException)
            {
                return null;
            }
        }
    }
}
