using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Ibke.Samples.ChatBackend.Tests.Pages;

/// <summary>The page without a mouse, and on small screens.</summary>
public sealed class AccessTests(Browser browser) : PageTest(browser)
{
    [BrowserFact]
    public async Task Keyboard_IsEnough()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync();
        ChatPage page = await ChatPage.OpenAsync(Session, backend);
        IKeyboard keys = page.Page.Keyboard;

        // To the chat, by the first link.
        await keys.PressAsync("Tab");
        await keys.PressAsync("Enter");
        await keys.TypeAsync(Mayor);
        await keys.PressAsync("Enter");
        await Expect(page.Replies.Locator(".said")).ToHaveTextAsync("Quentin Sato");

        await TabToAsync(page, "propose-question");
        await keys.TypeAsync(Birthplace);
        await keys.PressAsync("Tab");
        await keys.TypeAsync("Belford");
        await keys.PressAsync("Enter");
        await Expect(page.Edits).ToHaveCountAsync(1);

        // Back to the edit: the reason is asked for where the button was, and the focus is not lost when the edit goes away.
        await page.Button("Revert e1").FocusAsync();
        await keys.PressAsync("Enter");
        await keys.TypeAsync("a test");
        await keys.PressAsync("Enter");
        await Expect(page.Edits).ToHaveCountAsync(0);
        await Expect(page.Page.Locator("#edits-title")).ToBeFocusedAsync();
        Assert.Empty(page.Problems);
    }

    [BrowserFact]
    public async Task Focus_IsSeenOnEverythingThatCanHaveIt_AndEverythingHasAName()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync();
        ChatPage page = await ChatPage.OpenAsync(Session, backend);
        await page.ProposeAsync(Birthplace, "Belford");
        await Expect(page.Edits).ToHaveCountAsync(1);
        await page.Page.EvaluateAsync("document.activeElement.blur()");
        HashSet<string> seen = [];
        for (int i = 0; i < 40; i++)
        {
            await page.Page.Keyboard.PressAsync("Tab");
            string place = await page.Page.EvaluateAsync<string>("""
                () => {
                  const at = document.activeElement;
                  const name = at.ariaLabel ?? at.labels?.[0]?.textContent ?? at.textContent.trim();
                  return at === document.body ? "" : `${at.tagName}#${at.id} '${name}' ${getComputedStyle(at).outlineStyle}`;
                }
                """);
            seen.Add(place);
        }

        seen.Remove("");
        Assert.True(seen.Count >= 14, string.Join("\n", seen));
        Assert.All(seen, place => Assert.EndsWith(" solid", place));
        Assert.All(seen, place => Assert.DoesNotContain("''", place));
    }

    [BrowserFact]
    public async Task NarrowScreen_HasOneColumn_AndNothingBeyondIt()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync();
        ChatPage page = await ChatPage.OpenAsync(Session, backend);
        await page.Page.SetViewportSizeAsync(390, 844);
        await page.AskAsync(Mayor);
        await page.AskAsync("That's wrong. It's Anders Duarte.");
        await page.AskAsync(new string('x', 300));
        await page.ProposeAsync(Birthplace, "Belford");
        await Expect(page.Edits).ToHaveCountAsync(2);
        await page.Button("Revert e1").ClickAsync();
        await page.Button("Find stale facts").ClickAsync();
        await Expect(page.Page.Locator("#stale > li").First).ToBeVisibleAsync();

        Assert.Equal(390, await page.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.Equal(0, await page.Page.EvaluateAsync<int>(
            "[...document.querySelectorAll('main *')].filter(at => at.checkVisibility() && !at.closest('.unseen') && at.getBoundingClientRect().right > 390).length"));
        (LocatorBoundingBoxResult? chat, LocatorBoundingBoxResult? knowledge) =
            (await page.Page.Locator("#chat").BoundingBoxAsync(), await page.Page.Locator("#knowledge").BoundingBoxAsync());
        Assert.True(knowledge!.Y >= chat!.Y + chat.Height);
        Assert.Empty(page.Problems);
    }

    [BrowserFact]
    public async Task DarkMode_AndReducedMotion_AreFollowed()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync();
        ChatPage page = await ChatPage.OpenAsync(Session, backend);

        await page.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark, ReducedMotion = ReducedMotion.Reduce });

        await Expect(page.Page.Locator("body")).ToHaveCSSAsync("background-color", "rgb(18, 23, 27)");
        await Expect(page.Page.Locator("body")).ToHaveCSSAsync("color", "rgb(229, 234, 237)");
        await page.Page.RouteAsync("**/v1/chat/completions", _ => { });
        await page.Page.Locator("#question").FillAsync(Mayor);
        await page.Page.Locator("#question").PressAsync("Enter");
        await Expect(page.Page.Locator(".dots span").First).ToHaveCSSAsync("animation-name", "none");
    }

    private static async Task TabToAsync(ChatPage page, string id)
    {
        for (int i = 0; i < 60; i++)
        {
            await page.Page.Keyboard.PressAsync("Tab");
            if (await page.Page.EvaluateAsync<string>("document.activeElement.id") == id)
            {
                return;
            }
        }

        Assert.Fail($"The key Tab does not lead to {id}.");
    }
}
