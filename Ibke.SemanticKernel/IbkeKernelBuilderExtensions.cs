using Ibke.Runtime.Chat;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Functions;
using Ibke.Runtime.Knowledge.Service;
using Ibke.Runtime.Models;
using Ibke.SemanticKernel;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.SemanticKernel;

/// <summary>Registers an embedded, editable language model with a kernel builder.</summary>
/// <remarks>
/// As <see cref="IbkeServiceCollectionExtensions"/> on the builder's services. Each kernel that is built has services of its own; dispose
/// <see cref="Kernel.Services"/> after the last use.
/// </remarks>
public static class IbkeKernelBuilderExtensions
{
    /// <inheritdoc cref="IbkeServiceCollectionExtensions.AddIbkeChatClient(IServiceCollection, string, string?, LocalChatClientOptions?)"/>
    /// <returns><paramref name="builder"/>.</returns>
    public static IKernelBuilder AddIbkeChatClient(
        this IKernelBuilder builder, string modelFolder, string? serviceId = null, LocalChatClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddIbkeChatClient(modelFolder, serviceId, options);
        return builder;
    }

    /// <inheritdoc cref="IbkeServiceCollectionExtensions.AddIbkeChatClient(IServiceCollection, LanguageModel, string?, LocalChatClientOptions?)"/>
    /// <returns><paramref name="builder"/>.</returns>
    public static IKernelBuilder AddIbkeChatClient(
        this IKernelBuilder builder, LanguageModel model, string? serviceId = null, LocalChatClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddIbkeChatClient(model, serviceId, options);
        return builder;
    }

    /// <inheritdoc cref="IbkeServiceCollectionExtensions.AddIbkeChatCompletion(IServiceCollection, string, string?, LocalChatClientOptions?)"/>
    /// <returns><paramref name="builder"/>.</returns>
    public static IKernelBuilder AddIbkeChatCompletion(
        this IKernelBuilder builder, string modelFolder, string? serviceId = null, LocalChatClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddIbkeChatCompletion(modelFolder, serviceId, options);
        return builder;
    }

    /// <inheritdoc cref="IbkeServiceCollectionExtensions.AddIbkeChatCompletion(IServiceCollection, LanguageModel, string?, LocalChatClientOptions?)"/>
    /// <returns><paramref name="builder"/>.</returns>
    public static IKernelBuilder AddIbkeChatCompletion(
        this IKernelBuilder builder, LanguageModel model, string? serviceId = null, LocalChatClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddIbkeChatCompletion(model, serviceId, options);
        return builder;
    }

    /// <inheritdoc cref="IbkeServiceCollectionExtensions.AddIbkeTextGeneration"/>
    /// <returns><paramref name="builder"/>.</returns>
    public static IKernelBuilder AddIbkeTextGeneration(this IKernelBuilder builder, string? serviceId = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddIbkeTextGeneration(serviceId);
        return builder;
    }

    /// <inheritdoc cref="IbkeServiceCollectionExtensions.AddIbkeAnswerChecks"/>
    /// <returns><paramref name="builder"/>.</returns>
    public static IKernelBuilder AddIbkeAnswerChecks(this IKernelBuilder builder, string? serviceId = null, bool correct = true)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddIbkeAnswerChecks(serviceId, correct);
        return builder;
    }

    /// <inheritdoc cref="IbkeServiceCollectionExtensions.AddIbkeKnowledgeEditing"/>
    /// <returns><paramref name="builder"/>.</returns>
    public static IKernelBuilder AddIbkeKnowledgeEditing(
        this IKernelBuilder builder,
        string? serviceId = null,
        string pluginName = KnowledgeEditPlugin.DefaultName,
        KnowledgeEditorOptions? editorOptions = null,
        KnowledgeServiceOptions? serviceOptions = null,
        KnowledgeFunctionSet functions = KnowledgeFunctionSet.Usual)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddIbkeKnowledgeEditing(serviceId, pluginName, editorOptions, serviceOptions, functions);
        return builder;
    }
}
