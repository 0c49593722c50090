using Ibke.Runtime.Chat;
using Ibke.Runtime.Models;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.SemanticKernel;

namespace Ibke.SemanticKernel;

/// <summary>Makes a chat client that calls the kernel's functions itself, through the kernel's filters.</summary>
internal static class KernelChatClient
{
    // Semantic Kernel's own limit is 128, meant for services that answer in a blink. A model that loops would hold the processor for minutes.
    private const int MaximumRounds = 8;

    public static IChatClient Create(LanguageModel model, LocalChatClientOptions? options, IServiceProvider services, AnswerChecks? checks) =>
        checks is null ? Wrap(new LocalChatClient(model, options), services) : checks.Before(Wrap(new LocalChatClient(model, options), services));

    public static IChatClient Wrap(IChatClient client, IServiceProvider services)
    {
        IChatClient wrapped = client
            .AsBuilder()
            .UseKernelFunctionInvocation(services.GetService<ILoggerFactory>())
            .Build(services);
        wrapped.GetRequiredService<FunctionInvokingChatClient>().MaximumIterationsPerRequest = MaximumRounds;
        return wrapped;
    }
}
