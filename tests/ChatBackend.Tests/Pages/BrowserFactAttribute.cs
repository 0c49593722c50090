namespace Ibke.Samples.ChatBackend.Tests.Pages;

/// <summary>A test that needs a browser; skipped where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() => Skip = Chromium.Program is null
        ? $"No Chromium: there is none at the usual places, and {Chromium.Variable} is not set, so the page is not tested." : null;
}
