using Ibke.Cli.Knowledge;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Hosting;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Sources;
using Ibke.Samples.KnowledgeMaintenanceBot.Boards;
using Ibke.Samples.KnowledgeMaintenanceBot.Demonstrations;
using Ibke.Samples.KnowledgeMaintenanceBot.Sources;
using Ibke.Samples.KnowledgeMaintenanceBot.Views;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Spectre.Console;

namespace Ibke.Samples.KnowledgeMaintenanceBot;

/// <summary>Puts the model, the sources, the bot and a view into one host.</summary>
internal static class BotHost
{
    private static readonly TimeSpan _longestAnswer = TimeSpan.FromSeconds(10);

    /// <summary>Makes the host.</summary>
    /// <param name="options">What was asked for.</param>
    /// <param name="console">Where the view is.</param>
    /// <param name="demonstration">Gives the demonstration its sources; null without one.</param>
    /// <exception cref="ArgumentException">A source cannot be watched, or there is none.</exception>
    /// <exception cref="Ibke.Cli.CommandException">The policy cannot be read.</exception>
    public static IHost Create(BotOptions options, IAnsiConsole console, DemonstrationFiles? demonstration = null)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        // What happens is in the view; lines of a log would tear it apart.
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(Settings(options, builder.Configuration));
        KnowledgePolicy? policy = demonstration is not null ? DemonstrationFiles.Policy : options.Policy is { } file ? PolicyFile.Read(file) : null;
        builder.AddIbke(ibke =>
        {
            ibke.Policy = policy ?? ibke.Policy;
            // The bot watches them itself, and shows them to the service as they were last read.
            ibke.Sources.Clear();
        });
        AddSources(builder, options, isDemonstration: demonstration is not null);
        builder.Services.AddSingleton(options).AddSingleton(console).AddSingleton<Board>();
        builder.Services.TryAddSingleton(TimeProvider.System);
        _ = options.Plain ? builder.Services.AddHostedService<PlainView>() : builder.Services.AddHostedService<LiveView>();
        builder.Services.AddSingleton<MaintenanceBot>().AddHostedService(provider => provider.GetRequiredService<MaintenanceBot>());
        if (demonstration is not null)
        {
            builder.Services.AddSingleton(demonstration).AddSingleton<Demonstration>().AddHostedService(provider => provider.GetRequiredService<Demonstration>());
        }

        return builder.Build();
    }

    // The command line counts before the configuration.
    private static IEnumerable<KeyValuePair<string, string?>> Settings(BotOptions options, IConfiguration configuration)
    {
        yield return new("Ibke:Model", options.Model ?? configuration["Ibke:Model"] ?? Path.Combine(AppContext.BaseDirectory, "atlas"));
        if (options.Journal is { } journal)
        {
            bool isPostgres = journal.Contains('=', StringComparison.Ordinal);
            yield return new("Ibke:Journal:File", isPostgres ? null : journal);
            yield return new("Ibke:Journal:Postgres", isPostgres ? journal : null);
        }
    }

    private static void AddSources(HostApplicationBuilder builder, BotOptions options, bool isDemonstration)
    {
        IEnumerable<SourcePlace> configured = (builder.Configuration.GetSection("Ibke:Sources").Get<List<IbkeSourceOptions>>() ?? [])
            .Select(source => new SourcePlace(source.Place, Class: source.Class));
        SourcePlace[] places = [.. options.Sources, .. isDemonstration ? [] : configured];
        if (places.Length == 0)
        {
            throw new ArgumentException("There is nothing to watch. Give --source PLACE, or --sql CONNECTION with --query SELECT.");
        }

        string folder = builder.Configuration["Ibke:Model"]!;
        ModelCard card = Directory.Exists(folder) ? ModelCard.Load(folder) : ModelCard.Empty;
        SourceOpening opening = new(card, new HttpClient { Timeout = _longestAnswer }, options.Every, TimeProvider.System);
        WatchedSource[] sources = [.. places.Select(opening.Open)];
        builder.Services.AddSingleton(new FactKeys(card)).AddSingleton<IReadOnlyList<WatchedSource>>(sources);
        foreach (WatchedSource source in sources)
        {
            builder.Services.AddSingleton<IFactSource>(source);
        }
    }
}
