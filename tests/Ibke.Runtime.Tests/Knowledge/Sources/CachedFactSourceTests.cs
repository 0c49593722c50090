using Ibke.Runtime.Knowledge.Sources;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Internal;
using Moq;

namespace Ibke.Runtime.Tests.Knowledge.Sources;

public sealed class CachedFactSourceTests : IDisposable
{
    private readonly Mock<IFactSource> _source = new();
    private readonly Mock<ISystemClock> _clock = new();
    private readonly MemoryCache _cache;
    private readonly CachedFactSource _cached;

    public CachedFactSourceTests()
    {
        _clock.SetupGet(clock => clock.UtcNow).Returns(DateTimeOffset.UnixEpoch);
        _cache = new MemoryCache(new MemoryCacheOptions { Clock = _clock.Object, SizeLimit = 100 });
        _cached = new CachedFactSource(_source.Object, _cache, TimeSpan.FromMinutes(5));
        _source.SetupGet(source => source.Name).Returns("directory");
    }

    public void Dispose() => _cache.Dispose();

    [Fact]
    public async Task AskAsync_WithinLifetime_AsksOnce()
    {
        Answer("Lena Voss");

        Assert.Equal("Lena Voss", (await _cached.AskAsync("Who leads X?"))?.Answer);
        Assert.Equal("Lena Voss", (await _cached.AskAsync("who leads  x"))?.Answer);

        VerifyAsked(Times.Once());
        Assert.Equal("directory", _cached.Name);
    }

    [Fact]
    public async Task AskAsync_AfterLifetime_AsksAgain()
    {
        Answer("Lena Voss");
        await _cached.AskAsync("Who leads X?");
        Answer("Ivo Marsh");
        _clock.SetupGet(clock => clock.UtcNow).Returns(DateTimeOffset.UnixEpoch.AddMinutes(6));

        Assert.Equal("Ivo Marsh", (await _cached.AskAsync("Who leads X?"))?.Answer);
    }

    [Fact]
    public async Task AskAsync_SourceDoesNotKnow_IsRemembered()
    {
        Answer(null);

        Assert.Null(await _cached.AskAsync("Who leads X?"));
        Assert.Null(await _cached.AskAsync("Who leads X?"));

        VerifyAsked(Times.Once());
    }

    [Fact]
    public async Task AskAsync_SourceFails_IsNotRemembered()
    {
        _source.Setup(source => source.AskAsync(It.IsAny<string>(), It.IsAny<string?>(), It.IsAny<CancellationToken>()))
            .ThrowsAsync(new FactSourceException("down"));
        await Assert.ThrowsAsync<FactSourceException>(() => _cached.AskAsync("Who leads X?"));
        Answer("Lena Voss");

        Assert.Equal("Lena Voss", (await _cached.AskAsync("Who leads X?"))?.Answer);
    }

    [Fact]
    public void Constructor_NoLifetime_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new CachedFactSource(_source.Object, _cache, TimeSpan.Zero));
    }

    private void Answer(string? answer) =>
        _source.Setup(source => source.AskAsync(It.IsAny<string>(), It.IsAny<string?>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(answer is null ? null : new SourcedFact(answer, "directory", null));

    private void VerifyAsked(Times times) =>
        _source.Verify(source => source.AskAsync(It.IsAny<string>(), It.IsAny<string?>(), It.IsAny<CancellationToken>()), times);
}
