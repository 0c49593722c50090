using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Ibke.Samples.ChatBackend.Tests.Pages;

/// <summary>Two people with a key each, and a policy by which edits wait for approval.</summary>
public sealed class RolesTests(Browser browser) : PageTest(browser)
{
    private const string Alice = "ibke-alice";
    private const string Bob = "ibke-bob";

    [BrowserFact]
    public async Task Proposal_WaitsUntilAnotherApproves()
    {
        await using RunningBackend backend = await StartAsync();
        ChatPage alice = await ChatPage.OpenAsync(Session, backend, Alice);
        await using IBrowserContext session = await OtherSessionAsync();
        ChatPage bob = await ChatPage.OpenAsync(session, backend, Bob);

        await alice.ProposeAsync(Birthplace, "Belford");

        await Expect(alice.Outcome).ToContainTextAsync("Waits for approval (e1).");
        await Expect(bob.Pending).ToContainTextAsync(["person alice"]);
        await Expect(alice.Pending).ToHaveCountAsync(1);
        await Expect(alice.Button("Approve e1")).ToHaveCountAsync(0);
        await bob.Button("Approve e1").ClickAsync();
        await Expect(alice.Edits).ToContainTextAsync(["approved by bob"]);
        await Expect(alice.Pending).ToHaveCountAsync(0);
        await Expect(alice.Button("Revert e1")).ToHaveCountAsync(0);
        await Expect(bob.Button("Revert e1")).ToBeVisibleAsync();
        AssertOnlyAskedForKey(alice, bob);
    }

    [BrowserFact]
    public async Task Proposal_IsDeclined_OrTakenBack()
    {
        await using RunningBackend backend = await StartAsync();
        ChatPage alice = await ChatPage.OpenAsync(Session, backend, Alice);
        await using IBrowserContext session = await OtherSessionAsync();
        ChatPage bob = await ChatPage.OpenAsync(session, backend, Bob);
        await alice.ProposeAsync(Birthplace, "Belford");
        await bob.Button("Decline e1").ClickAsync();
        await bob.Button("Decline e1 now").ClickAsync();
        await Expect(alice.Page.Locator("#pending-card")).ToBeHiddenAsync();

        await alice.ProposeAsync(Mayor, "Anders Duarte");
        // A proposal is named after its entry of the journal: the second one is that the first was declined.
        await alice.Button("Withdraw e3").ClickAsync();
        await alice.Button("Withdraw e3 now").ClickAsync();

        await Expect(bob.Page.Locator("#pending-card")).ToBeHiddenAsync();
        await Expect(bob.Edits).ToHaveCountAsync(0);
    }

    [BrowserFact]
    public async Task HostileText_IsShownAsText()
    {
        string[] hostile = ["<script>document.title='owned'</script>", "<img src=x onerror=\"document.title='owned'\">"];
        await using RunningBackend backend = await StartAsync();
        ChatPage alice = await ChatPage.OpenAsync(Session, backend, Alice);
        await using IBrowserContext session = await OtherSessionAsync();
        ChatPage bob = await ChatPage.OpenAsync(session, backend, Bob);
        foreach (string text in hostile)
        {
            await alice.ProposeAsync($"{Birthplace} {text}", text);
            await Expect(alice.Outcome).ToContainTextAsync("Waits for approval");
            await alice.AskAsync(text);
            await alice.AskAsync($"That's wrong. It's {text}.");
        }

        // The model proposes something too, of what it made of the text.
        foreach (string text in hostile)
        {
            await Expect(bob.Pending.Locator("ins").GetByText(text, new() { Exact = true })).ToBeVisibleAsync();
        }

        await Expect(alice.Page.Locator(".message-of-user").First).ToHaveTextAsync(hostile[0]);
        foreach (ChatPage page in (ChatPage[])[alice, bob])
        {
            Assert.Equal("Ibke chat", await page.Page.TitleAsync());
            await Expect(page.Page.Locator("body script, body img")).ToHaveCountAsync(0);
        }

        AssertOnlyAskedForKey(alice, bob);
    }

    [BrowserFact]
    public async Task SecurityPolicy_StopsAScriptInThePage()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync();
        ChatPage page = await ChatPage.OpenAsync(Session, backend);

        await page.Page.EvaluateAsync("document.body.append(Object.assign(document.createElement('script'), { textContent: 'document.title = 1' }))");

        Assert.Equal("Ibke chat", await page.Page.TitleAsync());
        Assert.Contains("Content Security Policy", Assert.Single(page.Problems));
    }

    [BrowserFact]
    public async Task WrongKey_IsAskedForAgain_AndTheRightOneIsKeptInTheTab()
    {
        await using RunningBackend backend = await StartAsync();
        ChatPage page = await ChatPage.LoadAsync(Session, backend);
        ILocator key = page.Page.GetByLabel("Key", new() { Exact = true });
        await key.FillAsync("wrong");
        await key.PressAsync("Enter");
        await Expect(page.Page.Locator("#key-message")).ToHaveTextAsync("The server does not know this key.");
        await key.FillAsync(Alice);
        await key.PressAsync("Enter");
        await page.IsLiveAsync();
        await Expect(page.Page.Locator("#who")).ToHaveTextAsync("alice");

        await page.Page.ReloadAsync();

        await page.IsLiveAsync();
        await Expect(page.Page.Locator("#key-dialog")).ToBeHiddenAsync();
        Assert.Equal(0, await page.Page.EvaluateAsync<int>("localStorage.length"));
    }

    private static Task<RunningBackend> StartAsync() => RunningBackend.StartAsync(
    [
        .. RunningBackend.Key(0, "alice", Alice, "chat", "propose"),
        .. RunningBackend.Key(1, "bob", Bob, "chat", "approve", "revert"),
        "--Ibke:Policy:Quiet", "true", "--Ibke:Policy:Evidence", "Nobody",
    ]);

    private static void AssertOnlyAskedForKey(params ChatPage[] pages) =>
        Assert.All(pages.SelectMany(page => page.Problems), problem => Assert.Contains("status of 401", problem));
}
