using Ibke.Runtime.Chat;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Functions;
using Ibke.Runtime.Knowledge.Sources;
using Ibke.Runtime.Models;
using Ibke.SemanticKernel;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Microsoft.SemanticKernel;

/// <summary>Registers an embedded, editable language model with a service collection.</summary>
/// <remarks>
/// All services are singletons, under <c>serviceId</c> where one is given. They are made when first asked for, and what the container makes it
/// disposes; a model that is passed in stays the caller's. A second model under the same id replaces the first.
/// </remarks>
public static class IbkeServiceCollectionExtensions
{
    /// <summary>Adds the model in a folder as <see cref="IChatClient"/>, which calls the kernel's functions.</summary>
    /// <param name="services">Is added to.</param>
    /// <param name="modelFolder">Holds the model; loaded when the client is first asked for, also as <see cref="LanguageModel"/>.</param>
    /// <param name="serviceId">The key of the services; null: no key.</param>
    /// <param name="options">How the client answers; null for the defaults.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddIbkeChatClient(
        this IServiceCollection services, string modelFolder, string? serviceId = null, LocalChatClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(modelFolder);
        return services
            .AddKeyedSingleton(serviceId, (_, _) => LanguageModel.Load(modelFolder))
            .AddClient(serviceId, options);
    }

    /// <summary>Adds a loaded model as <see cref="IChatClient"/>, which calls the kernel's functions.</summary>
    /// <param name="services">Is added to.</param>
    /// <param name="model">Stays the caller's, who disposes it after the container.</param>
    /// <param name="serviceId">The key of the services; null: no key.</param>
    /// <param name="options">How the client answers; null for the defaults.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddIbkeChatClient(
        this IServiceCollection services, LanguageModel model, string? serviceId = null, LocalChatClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(model);
        return services
            .AddKeyedSingleton(serviceId, model)
            .AddClient(serviceId, options);
    }

    /// <summary>Adds the model in a folder as <see cref="IChatCompletionService"/>, and as <see cref="IChatClient"/>.</summary>
    /// <param name="services">Is added to.</param>
    /// <param name="modelFolder">Holds the model; loaded when a service is first asked for, also as <see cref="LanguageModel"/>.</param>
    /// <param name="serviceId">The key of the services; null: no key.</param>
    /// <param name="options">How the client answers; null for the defaults.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddIbkeChatCompletion(
        this IServiceCollection services, string modelFolder, string? serviceId = null, LocalChatClientOptions? options = null) =>
        services.AddIbkeChatClient(modelFolder, serviceId, options).AddCompletion(serviceId);

    /// <summary>Adds a loaded model as <see cref="IChatCompletionService"/>, and as <see cref="IChatClient"/>.</summary>
    /// <param name="services">Is added to.</param>
    /// <param name="model">Stays the caller's, who disposes it after the container.</param>
    /// <param name="serviceId">The key of the services; null: no key.</param>
    /// <param name="options">How the client answers; null for the defaults.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddIbkeChatCompletion(
        this IServiceCollection services, LanguageModel model, string? serviceId = null, LocalChatClientOptions? options = null) =>
        services.AddIbkeChatClient(model, serviceId, options).AddCompletion(serviceId);

    /// <summary>
    /// Adds the <see cref="KnowledgeEditor"/> of a model that is registered with the same id, its <see cref="KnowledgeFunctions"/>, and the
    /// <see cref="KnowledgeEditPlugin"/> that every kernel of this collection then has.
    /// </summary>
    /// <remarks>
    /// The functions check facts against the <see cref="IFactSource"/> registered with the same id, or else without one; without a source
    /// <c>verify_fact</c> answers that it does not know.
    /// </remarks>
    /// <param name="services">Is added to.</param>
    /// <param name="serviceId">The key of the model and of the services added; null: no key.</param>
    /// <param name="pluginName">The plugin's name; a kernel cannot hold two of the same.</param>
    /// <param name="editorOptions">How strictly edits are judged; null for the defaults.</param>
    /// <param name="functionOptions">Who may edit, and who is told; null: what the fact source confirms, and the container's log.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddIbkeKnowledgeEditing(
        this IServiceCollection services,
        string? serviceId = null,
        string pluginName = KnowledgeEditPlugin.DefaultName,
        KnowledgeEditorOptions? editorOptions = null,
        KnowledgeFunctionsOptions? functionOptions = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(pluginName);
        return services
            .AddKeyedSingleton(serviceId, (provider, _) =>
                KnowledgeEditor.Load(provider.GetRequiredKeyedService<LanguageModel>(serviceId), options: editorOptions))
            .AddKeyedSingleton(serviceId, (provider, _) => new KnowledgeFunctions(
                provider.GetRequiredKeyedService<KnowledgeEditor>(serviceId),
                provider.GetKeyedService<IFactSource>(serviceId) ?? provider.GetService<IFactSource>(),
                functionOptions ?? DefaultFunctionOptions(provider)))
            .AddSingleton<KernelPlugin>(provider =>
                new KnowledgeEditPlugin(provider.GetRequiredKeyedService<KnowledgeFunctions>(serviceId), pluginName));
    }

    private static IServiceCollection AddClient(this IServiceCollection services, string? serviceId, LocalChatClientOptions? options) =>
        services.AddKeyedSingleton(serviceId, (provider, _) =>
            KernelChatClient.Create(provider.GetRequiredKeyedService<LanguageModel>(serviceId), options, provider));

    private static IServiceCollection AddCompletion(this IServiceCollection services, string? serviceId) =>
        services.AddKeyedSingleton(serviceId, (provider, _) =>
            provider.GetRequiredKeyedService<IChatClient>(serviceId).AsChatCompletionService(provider));

    private static KnowledgeFunctionsOptions? DefaultFunctionOptions(IServiceProvider provider) =>
        provider.GetService<ILoggerFactory>() is { } loggers
            ? new KnowledgeFunctionsOptions { Logger = loggers.CreateLogger<KnowledgeFunctions>() }
            : null;
}
