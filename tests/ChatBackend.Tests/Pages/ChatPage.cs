using System.Collections.Concurrent;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Ibke.Samples.ChatBackend.Tests.Pages;

/// <summary>The page in a browser, as somebody who uses it sees it.</summary>
internal sealed class ChatPage
{
    private readonly ConcurrentQueue<string> _problems = [];

    private ChatPage(IPage page)
    {
        Page = page;
        page.Console += (_, message) => Note(message.Type is "error" or "warning", message.Text);
        page.PageError += (_, error) => Note(true, error);
        page.Dialog += (_, dialog) => Note(true, $"dialog: {dialog.Message}");
    }

    /// <summary>The page itself.</summary>
    public IPage Page { get; }

    /// <summary>What went wrong in the browser: errors of scripts, what the security policy stopped, dialogs.</summary>
    public IReadOnlyCollection<string> Problems => _problems;

    /// <summary>The edits in force.</summary>
    public ILocator Edits => Page.Locator("#edits > li");

    /// <summary>The proposals that wait.</summary>
    public ILocator Pending => Page.Locator("#pending > li");

    /// <summary>Replies of the model, oldest first.</summary>
    public ILocator Replies => Page.Locator(".message-of-model");

    /// <summary>What became of the last proposal.</summary>
    public ILocator Outcome => Page.Locator("#propose-message");

    /// <summary>Opens the page, and waits until it is in touch with the server.</summary>
    public static async Task<ChatPage> OpenAsync(IBrowserContext session, RunningBackend backend)
    {
        ChatPage page = await LoadAsync(session, backend);
        await page.IsLiveAsync();
        return page;
    }

    /// <summary>The same where a server wants a key.</summary>
    public static async Task<ChatPage> OpenAsync(IBrowserContext session, RunningBackend backend, string key)
    {
        ChatPage page = await LoadAsync(session, backend);
        await page.Page.GetByLabel("Key", new() { Exact = true }).FillAsync(key);
        await page.Page.Keyboard.PressAsync("Enter");
        await page.IsLiveAsync();
        return page;
    }

    /// <summary>Opens the page.</summary>
    public static async Task<ChatPage> LoadAsync(IBrowserContext session, RunningBackend backend)
    {
        ChatPage page = new(await session.NewPageAsync());
        await page.Page.GotoAsync(backend.Address.ToString());
        return page;
    }

    /// <summary>Waits until the page hears of changes and knows whose it is.</summary>
    public async Task IsLiveAsync()
    {
        await Expect(Page.Locator("#connection")).ToHaveTextAsync("Live");
        await Expect(Page.Locator("#who")).ToBeVisibleAsync();
    }

    /// <summary>Says something in the chat, and waits for the whole reply.</summary>
    public async Task<ILocator> AskAsync(string text)
    {
        int before = await Replies.CountAsync();
        await Page.Locator("#question").FillAsync(text);
        await Page.Locator("#question").PressAsync("Enter");
        ILocator reply = Replies.Nth(before);
        await Expect(reply).ToBeVisibleAsync();
        await Expect(reply).Not.ToHaveAttributeAsync("aria-busy", "true");
        return reply;
    }

    /// <summary>Proposes an edit by the form.</summary>
    public async Task ProposeAsync(string question, string answer)
    {
        await Page.Locator("#propose-question").FillAsync(question);
        await Page.Locator("#propose-answer").FillAsync(answer);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Propose", Exact = true }).First.ClickAsync();
    }

    /// <summary>A button of an edit or of a proposal, such as <c>Revert e1</c>.</summary>
    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    private void Note(bool isProblem, string text)
    {
        if (isProblem)
        {
            _problems.Enqueue(text);
        }
    }
}
