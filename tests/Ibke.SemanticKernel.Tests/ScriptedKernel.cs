using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Ibke.SemanticKernel.Tests;

/// <summary>A kernel whose chat services are wired as the registration methods do it, over a scripted model.</summary>
internal static class ScriptedKernel
{
    public static Kernel Create(ScriptedChatClient client)
    {
        IKernelBuilder builder = Kernel.CreateBuilder();
        builder.Services.AddSingleton(services => KernelChatClient.Wrap(client, services));
        builder.Services.AddSingleton(services => services.GetRequiredService<IChatClient>().AsChatCompletionService(services));
        return builder.Build();
    }

    /// <summary>Asks through <see cref="IChatCompletionService"/>, in one piece or streamed, and returns the text.</summary>
    public static async Task<string> AskAsync(
        this Kernel kernel, string question, PromptExecutionSettings settings, bool streaming, ChatHistory? history = null, CancellationToken cancellation = default)
    {
        var chat = kernel.GetRequiredService<IChatCompletionService>();
        history ??= [];
        history.AddUserMessage(question);
        if (!streaming)
        {
            return (await chat.GetChatMessageContentAsync(history, settings, kernel, cancellation)).Content ?? "";
        }

        var text = new System.Text.StringBuilder();
        await foreach (StreamingChatMessageContent piece in chat.GetStreamingChatMessageContentsAsync(history, settings, kernel, cancellation))
        {
            text.Append(piece.Content);
        }

        return text.ToString();
    }
}
