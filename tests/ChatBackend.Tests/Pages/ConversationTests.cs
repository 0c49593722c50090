using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Ibke.Samples.ChatBackend.Tests.Pages;

/// <summary>The chat of the page.</summary>
public sealed class ConversationTests(Browser browser) : PageTest(browser)
{
    private const string Completions = "**/v1/chat/completions";

    [BrowserFact]
    public async Task Question_IsAnsweredPieceByPiece()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync();
        ChatPage page = await ChatPage.OpenAsync(Session, backend);

        ILocator reply = await page.AskAsync(Mayor);

        await Expect(reply.Locator(".said")).ToHaveTextAsync("Quentin Sato");
        // Each piece that came is a text of its own.
        Assert.True(await reply.Locator(".said").EvaluateAsync<int>("said => said.childNodes.length") > 1);
        await Expect(page.Page.Locator("#reply-status")).ToHaveTextAsync("Quentin Sato");
        Assert.Empty(page.Problems);
    }

    [BrowserFact]
    public async Task Correction_ShowsTheCallAndItsResult_AndTheEdit()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync();
        ChatPage page = await ChatPage.OpenAsync(Session, backend);
        await page.AskAsync(Mayor);

        ILocator reply = await page.AskAsync("That's wrong. It's Anders Duarte.");

        await Expect(reply.Locator(".call")).ToContainTextAsync("Edits a fact");
        await Expect(reply.Locator(".result .badge")).ToHaveTextAsync("applied");
        await Expect(reply.Locator(".said")).ToHaveTextAsync("Updated: the mayor of Salana is now Anders Duarte.");
        await Expect(page.Edits).ToHaveCountAsync(1);
        await page.Button("New chat: starts a new conversation").ClickAsync();
        await Expect(page.Replies).ToHaveCountAsync(0);
        await Expect((await page.AskAsync(Mayor)).Locator(".said")).ToHaveTextAsync("Anders Duarte");
        Assert.Empty(page.Problems);
    }

    [BrowserFact]
    public async Task Switch_ChoosesTheModel()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync();
        ChatPage page = await ChatPage.OpenAsync(Session, backend);
        List<string> models = [];
        page.Page.Request += (_, request) =>
        {
            if (request.Url.EndsWith("completions", StringComparison.Ordinal))
            {
                models.Add(JsonElement.Parse(request.PostData!).GetProperty("model").GetString()!);
            }
        };

        await page.AskAsync(Mayor);
        await page.Page.GetByRole(AriaRole.Switch).UncheckAsync();
        await page.AskAsync(Mayor);

        Assert.Equal(["atlas+knowledge", "atlas"], models);
    }

    [BrowserFact]
    public async Task ShiftEnter_StartsALine_AndEnterSendsBoth()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync();
        ChatPage page = await ChatPage.OpenAsync(Session, backend);
        ILocator question = page.Page.Locator("#question");

        await question.FillAsync("one");
        await question.PressAsync("Shift+Enter");
        await question.PressSequentiallyAsync("two");
        await Expect(question).ToHaveValueAsync("one\ntwo");
        await question.PressAsync("Enter");

        await Expect(page.Page.Locator(".message-of-user")).ToHaveTextAsync(new Regex("^one\\s+two$"));
        await Expect(question).ToHaveValueAsync("");
    }

    [BrowserFact]
    public async Task Stop_EndsAReplyThatDoesNotCome()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync();
        ChatPage page = await ChatPage.OpenAsync(Session, backend);
        await page.Page.RouteAsync(Completions, _ => { });
        await page.Page.Locator("#question").FillAsync(Mayor);
        await page.Page.Locator("#question").PressAsync("Enter");

        await page.Button("Stop").ClickAsync();

        await Expect(page.Replies).ToContainTextAsync("Stopped.");
        await Expect(page.Button("Stop")).ToBeHiddenAsync();
        await page.Page.UnrouteAsync(Completions);
        await Expect((await page.AskAsync(Mayor)).Locator(".said")).ToHaveTextAsync("Quentin Sato");
    }

    [BrowserFact]
    public async Task ServerThatIsBusy_IsSaidInWords_AndTriedAgain()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync();
        ChatPage page = await ChatPage.OpenAsync(Session, backend);
        await page.Page.RouteAsync(Completions, route => route.FulfillAsync(new RouteFulfillOptions
        {
            Status = 429, Headers = new Dictionary<string, string> { ["Retry-After"] = "2" }, Body = """{"error":{"message":"Too many requests wait."}}""",
        }));

        ILocator reply = await page.AskAsync(Mayor);

        await Expect(reply.Locator(".message")).ToContainTextAsync("Too many requests wait. Try again in 2 s.");
        await page.Page.UnrouteAsync(Completions);
        await page.Button("Try again").ClickAsync();
        await Expect(page.Replies.Locator(".said")).ToHaveTextAsync("Quentin Sato");
    }

    [BrowserFact]
    public async Task LostConnection_IsSaid_AndComesBack()
    {
        const string Events = "**/api/events";
        await using RunningBackend backend = await RunningBackend.StartAsync();
        await Session.RouteAsync(Events, route => route.AbortAsync());
        ChatPage page = await ChatPage.LoadAsync(Session, backend);

        await Expect(page.Page.Locator("#connection")).ToHaveTextAsync("Connection lost, trying again");
        await Session.UnrouteAsync(Events);

        await page.IsLiveAsync();
    }

    [BrowserFact]
    public async Task Load_IsDrawn()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync();
        ChatPage page = await ChatPage.OpenAsync(Session, backend);

        await page.AskAsync(Mayor);

        ILocator charts = page.Page.Locator("#load svg");
        await Expect(charts).ToHaveCountAsync(4);
        await Expect(charts.First).ToHaveAttributeAsync("aria-label", new Regex("^Tokens a second: now [0-9.]+, at most ([1-9]|0\\.[1-9])"));
        await Expect(charts.First.Locator(".line")).ToHaveAttributeAsync("d", new Regex("^M.+L.+"));
    }
}
