using Microsoft.Playwright;

namespace Ibke.Samples.ChatBackend.Tests.Pages;

/// <summary>What tests of the page have in common: a browser's session, and facts that the embedded model knows.</summary>
[Collection(PageCollection.Name)]
public abstract class PageTest(Browser browser) : IAsyncLifetime
{
    internal const string Birthplace = "Where was Leona Zeller born?";
    internal const string Mayor = "Who is the mayor of Salana?";

    /// <summary>The session; null where there is no browser, and so no test.</summary>
    protected IBrowserContext Session { get; private set; } = null!;

    /// <summary>Another session: another person at another machine.</summary>
    protected Task<IBrowserContext> OtherSessionAsync() => browser.SessionAsync();

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (Chromium.Program is not null)
        {
            Session = await browser.SessionAsync();
        }
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (Session is not null)
        {
            await Session.DisposeAsync();
        }
    }
}
