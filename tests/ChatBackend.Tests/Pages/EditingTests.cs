using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Ibke.Samples.ChatBackend.Tests.Pages;

/// <summary>The knowledge beside the chat, where one person may do everything.</summary>
public sealed class EditingTests(Browser browser) : PageTest(browser)
{
    [BrowserFact]
    public async Task EditInOneTab_IsSeenInAnother_AndSoIsItsEnd()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync();
        ChatPage one = await ChatPage.OpenAsync(Session, backend);
        ChatPage two = await ChatPage.OpenAsync(Session, backend);

        await one.ProposeAsync(Birthplace, "Belford");

        await Expect(one.Outcome).ToHaveTextAsync("Applied (e1).");
        await Expect(two.Edits).ToHaveCountAsync(1);
        await Expect(two.Edits.Locator("del")).ToHaveTextAsync("Tamfield");
        await Expect(two.Edits.Locator("ins")).ToHaveTextAsync("Belford");
        await Expect(two.Edits.Locator(".scores dt")).ToHaveTextAsync(["reliability", "generality", "locality", "drift"]);
        await Expect((await two.AskAsync(Birthplace)).Locator(".said")).ToHaveTextAsync("Belford");
        await RevertAsync(two);
        await Expect(one.Edits).ToHaveCountAsync(0);
        await Expect((await one.AskAsync(Birthplace)).Locator(".said")).ToHaveTextAsync("Tamfield");
        Assert.Empty(one.Problems.Concat(two.Problems));
    }

    [BrowserFact]
    public async Task Suspend_IsSaid_AndResumed()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync();
        ChatPage page = await ChatPage.OpenAsync(Session, backend);
        await page.ProposeAsync(Birthplace, "Belford");
        await Expect(page.Edits).ToHaveCountAsync(1);

        await page.Button("Suspend all").ClickAsync();

        await Expect(page.Page.Locator("#suspended")).ToBeVisibleAsync();
        await Expect(page.Page.Locator("#edits-title")).ToContainTextAsync("Edits, suspended");
        await Expect((await page.AskAsync(Birthplace)).Locator(".said")).ToHaveTextAsync("Tamfield");
        await page.Button("Resume all").ClickAsync();
        await Expect(page.Page.Locator("#suspended")).ToBeHiddenAsync();
        Assert.Empty(page.Problems);
    }

    [BrowserFact]
    public async Task StaleFacts_AreListed_AndProposed()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync();
        ChatPage page = await ChatPage.OpenAsync(Session, backend);

        await page.Button("Find stale facts").ClickAsync();

        ILocator mayor = page.Page.Locator("#stale > li").Filter(new() { HasText = Mayor });
        await Expect(mayor.Locator("ins")).ToHaveTextAsync("Anders Duarte");
        await page.Button($"Propose Anders Duarte for {Mayor}").ClickAsync();
        await Expect(mayor).ToContainTextAsync("Applied (e1).");
        await Expect(page.Edits).ToContainTextAsync(["Anders Duarte"]);
        Assert.Empty(page.Problems);
    }

    [BrowserFact]
    public async Task Check_SaysWhatTheSourceSays_AndTakesItOver()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync();
        ChatPage page = await ChatPage.OpenAsync(Session, backend);
        await page.Page.Locator("#propose-question").FillAsync(Mayor);

        await page.Button("Check sources").ClickAsync();

        await Expect(page.Outcome).ToContainTextAsync("Stale: the model says “Quentin Sato”, the source “Anders Duarte”.");
        await page.Button("Use it").ClickAsync();
        await Expect(page.Page.Locator("#propose-answer")).ToHaveValueAsync("Anders Duarte");
        Assert.Empty(page.Problems);
    }

    private static async Task RevertAsync(ChatPage page)
    {
        await page.Button("Revert e1").ClickAsync();
        await page.Page.GetByLabel("Why revert? May be left empty").FillAsync("a test");
        await page.Button("Revert e1 now").ClickAsync();
    }
}
