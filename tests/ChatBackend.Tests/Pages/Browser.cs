using Microsoft.Playwright;

namespace Ibke.Samples.ChatBackend.Tests.Pages;

/// <summary>One browser for all tests of the page; each test has a session of its own in it.</summary>
public sealed class Browser : IAsyncLifetime
{
    // Machines that build are slow at times; what is right comes much sooner.
    private const float Patience = 30_000;

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (Chromium.Program is null)
        {
            return;
        }

        Assertions.SetDefaultExpectTimeout(Patience);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Chromium.Program,
            // Chromium cannot shut itself in where everything is allowed.
            Args = Environment.UserName == "root" ? ["--no-sandbox"] : [],
        });
    }

    /// <summary>A session: pages in it share nothing with those of others.</summary>
    public async Task<IBrowserContext> SessionAsync(int width = 1280, int height = 860)
    {
        IBrowserContext session = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height }, Locale = "en-GB",
        });
        session.SetDefaultTimeout(Patience);
        return session;
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }
}

/// <summary>The tests of the page run one after another: each has a model and a browser at work.</summary>
[CollectionDefinition(Name)]
public sealed class PageCollection : ICollectionFixture<Browser>
{
    /// <summary>Its name.</summary>
    public const string Name = "Pages";
}
