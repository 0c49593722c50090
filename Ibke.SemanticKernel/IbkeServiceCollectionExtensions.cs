using Ibke.Runtime.Chat;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.AnswerChecks;
using Ibke.Runtime.Knowledge.Functions;
using Ibke.Runtime.Knowledge.Journals;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Service;
using Ibke.Runtime.Knowledge.Sources;
using Ibke.Runtime.Models;
using Ibke.SemanticKernel;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.TextGeneration;

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

    /// <summary>Adds a model that is registered with the same id as <see cref="ITextGenerationService"/>, which continues texts without a chat template.</summary>
    /// <param name="services">Is added to.</param>
    /// <param name="serviceId">The key of the model and of the service; null: no key.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddIbkeTextGeneration(this IServiceCollection services, string? serviceId = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        return services.AddKeyedSingleton<ITextGenerationService>(
            serviceId, (provider, _) => new IbkeTextGenerationService(provider.GetRequiredKeyedService<LanguageModel>(serviceId)));
    }

    /// <summary>
    /// Adds the <see cref="KnowledgeEditor"/> of a model that is registered with the same id, its <see cref="KnowledgeService"/> and
    /// <see cref="KnowledgeFunctions"/>, and the <see cref="KnowledgeEditPlugin"/> that every kernel of this collection then has.
    /// </summary>
    /// <remarks>
    /// Facts are checked with the <see cref="IFactSource"/> registered with the same id, or else without one, before the sources of the options; without a
    /// source <c>verify_fact</c> answers that it does not know. An <see cref="EditJournal"/> registered with the same id keeps the edits; without one they
    /// end with the process.
    /// </remarks>
    /// <param name="services">Is added to.</param>
    /// <param name="serviceId">The key of the model and of the services added; null: no key.</param>
    /// <param name="pluginName">The plugin's name; a kernel cannot hold two of the same.</param>
    /// <param name="editorOptions">How strictly edits are judged; null for the defaults.</param>
    /// <param name="serviceOptions">Who may change what; null: what the fact source confirms, and the container's log.</param>
    /// <param name="functions">Which functions the plugin has.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddIbkeKnowledgeEditing(
        this IServiceCollection services,
        string? serviceId = null,
        string pluginName = KnowledgeEditPlugin.DefaultName,
        KnowledgeEditorOptions? editorOptions = null,
        KnowledgeServiceOptions? serviceOptions = null,
        KnowledgeFunctionSet functions = KnowledgeFunctionSet.Usual)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(pluginName);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IFunctionInvocationFilter, KnowledgeCallerFilter>());
        return services
            .AddKeyedSingleton(serviceId, (provider, _) =>
                KnowledgeEditor.Load(provider.GetRequiredKeyedService<LanguageModel>(serviceId), options: editorOptions))
            .AddKeyedSingleton(serviceId, (provider, _) => OpenService(provider, serviceId, serviceOptions))
            .AddKeyedSingleton(serviceId, (provider, _) => new KnowledgeFunctions(
                provider.GetRequiredKeyedService<KnowledgeService>(serviceId), Caller.Model(serviceId ?? pluginName), Logger(provider)))
            .AddSingleton<KernelPlugin>(provider =>
                new KnowledgeEditPlugin(provider.GetRequiredKeyedService<KnowledgeFunctions>(serviceId), pluginName, functions));
    }

    /// <summary>
    /// Has the answers of the model with the same id checked as they are given, with the <see cref="IFactSource"/> that is registered with it, or else
    /// without an id; where the model has a <see cref="KnowledgeService"/>, stale answers are corrected before they leave, under its policy.
    /// </summary>
    /// <remarks>See <see cref="AnswerCheckChatClient"/>. Replies then come in one piece, streamed ones as well, unless <paramref name="correct"/> is false.</remarks>
    /// <param name="services">Is added to.</param>
    /// <param name="serviceId">The key of the model; null: no key.</param>
    /// <param name="correct">False: stale answers are marked and logged, and leave as they are.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddIbkeAnswerChecks(this IServiceCollection services, string? serviceId = null, bool correct = true)
    {
        ArgumentNullException.ThrowIfNull(services);
        return services.AddKeyedSingleton(serviceId, (provider, _) =>
        {
            KnowledgeService? knowledge = correct ? provider.GetKeyedService<KnowledgeService>(serviceId) : null;
            return new AnswerChecks(
                provider.GetKeyedService<IFactSource>(serviceId) ?? provider.GetRequiredService<IFactSource>(),
                new AnswerCheckOptions { Knowledge = knowledge, Correct = knowledge is not null, Logger = Logger(provider) ?? NullLogger.Instance });
        });
    }

    private static IServiceCollection AddClient(this IServiceCollection services, string? serviceId, LocalChatClientOptions? options) =>
        services.AddKeyedSingleton(serviceId, (provider, _) =>
            KernelChatClient.Create(
                provider.GetRequiredKeyedService<LanguageModel>(serviceId), options, provider, provider.GetKeyedService<AnswerChecks>(serviceId)));

    private static IServiceCollection AddCompletion(this IServiceCollection services, string? serviceId) =>
        services.AddKeyedSingleton(serviceId, (provider, _) =>
            provider.GetRequiredKeyedService<IChatClient>(serviceId).AsChatCompletionService(provider));

    // A container makes its services synchronously; the journal is opened on another thread, so that no context is waited for.
    private static KnowledgeService OpenService(IServiceProvider provider, string? serviceId, KnowledgeServiceOptions? options)
    {
        KnowledgeEditor editor = provider.GetRequiredKeyedService<KnowledgeEditor>(serviceId);
        options ??= new KnowledgeServiceOptions { Logger = Logger(provider) ?? NullLogger.Instance };
        if ((provider.GetKeyedService<IFactSource>(serviceId) ?? provider.GetService<IFactSource>()) is { } source)
        {
            options = options with { Sources = [source, .. options.Sources] };
        }

        return Task.Run(async () =>
        {
            EditJournal journal = provider.GetKeyedService<EditJournal>(serviceId) ?? await SqliteJournal.InMemoryAsync(KnowledgeService.IdentityOf(editor)).ConfigureAwait(false);
            return await KnowledgeService.OpenAsync(editor, journal, options).ConfigureAwait(false);
        }).GetAwaiter().GetResult();
    }

    private static ILogger? Logger(IServiceProvider provider) => provider.GetService<ILoggerFactory>()?.CreateLogger<KnowledgeFunctions>();
}
