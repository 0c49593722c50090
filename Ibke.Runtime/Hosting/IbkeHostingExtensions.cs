using Ibke.Runtime.Chat;
using Ibke.Runtime.Knowledge.Service;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Ibke.Runtime.Hosting;

/// <summary>Adds an editable model to a host.</summary>
public static class IbkeHostingExtensions
{
    /// <summary>The tag of health checks that say whether the process is to be started again.</summary>
    public const string LiveTag = "live";

    /// <summary>The tag of health checks that say whether requests should be sent here.</summary>
    public const string ReadyTag = "ready";

    /// <summary>The names under which <see cref="TelemetryChatClient"/> and <see cref="KnowledgeTelemetry"/> measure, for a tracer and a meter provider.</summary>
    public static IReadOnlyList<string> TelemetrySources { get; } = [TelemetryChatClient.SourceName, KnowledgeTelemetry.SourceName];

    /// <summary>Adds the model that the section <c>Ibke</c> of the configuration names.</summary>
    /// <param name="builder">Is added to.</param>
    /// <param name="configure">Changes what the configuration says; may be null.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static IHostApplicationBuilder AddIbke(this IHostApplicationBuilder builder, Action<IbkeOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddIbke(builder.Configuration.GetSection(IbkeOptions.SectionName), configure);
        return builder;
    }

    /// <summary>
    /// Adds the model that a section of a configuration names: <see cref="IChatClient"/> and <see cref="IbkeRuntime"/>, loaded in the background when the
    /// host starts, with the health checks <c>ibke-live</c>, <c>ibke-ready</c>, <c>ibke-journal</c> and <c>ibke-model</c>.
    /// </summary>
    /// <remarks>Options are checked when the host starts; messages name the keys. Called twice, the second changes the options of the first.</remarks>
    /// <param name="services">Is added to.</param>
    /// <param name="configuration">The section.</param>
    /// <param name="configure">Changes what it says; may be null.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddIbke(this IServiceCollection services, IConfiguration configuration, Action<IbkeOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        OptionsBuilder<IbkeOptions> options = services.AddOptions<IbkeOptions>()
            .Bind(configuration, binder => binder.ErrorOnUnknownConfiguration = true)
            .ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<IbkeOptions>, IbkeOptionsValidator>());
        if (services.Any(service => service.ServiceType == typeof(IbkeRuntime)))
        {
            return services;
        }

        services.AddSingleton<IbkeRuntime>();
        services.AddSingleton<HostedChatClient>();
        services.AddSingleton<IChatClient>(provider => provider.GetRequiredService<HostedChatClient>());
        services.AddHostedService<IbkeHostedService>();
        services.AddHealthChecks()
            .AddCheck<LiveHealthCheck>("ibke-live", tags: [LiveTag])
            .AddCheck<ReadyHealthCheck>("ibke-ready", tags: [ReadyTag])
            .AddCheck<JournalHealthCheck>("ibke-journal", tags: [ReadyTag])
            .AddCheck<ModelHealthCheck>("ibke-model", tags: [ReadyTag]);
        return services;
    }
}
