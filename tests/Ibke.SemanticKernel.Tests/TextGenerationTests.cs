using Ibke.Runtime.Generation;
using Ibke.Runtime.Models;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.TextGeneration;

namespace Ibke.SemanticKernel.Tests;

public sealed class TextGenerationTests : IDisposable
{
    private const string Beginning = "The CEO of Clear Energy is";

    private readonly LanguageModel _model = AtlasModel.Load();

    public void Dispose() => _model.Dispose();

    [Fact]
    public async Task GetTextContents_Beginning_IsContinuedAndSaysHowItEnded()
    {
        using IbkeTextGenerationService service = new(_model);

        TextContent whole = Assert.Single(await service.GetTextContentsAsync(Beginning, new IbkePromptExecutionSettings { MaxTokens = 6 }));
        string streamed = string.Concat(await service.GetStreamingTextContentsAsync(Beginning, new IbkePromptExecutionSettings { MaxTokens = 6 }).Select(piece => piece.Text).ToListAsync());

        Assert.StartsWith(" Dario Osei", whole.Text, StringComparison.Ordinal);
        Assert.Equal(whole.Text, streamed);
        Assert.Equal(_model.Id, whole.ModelId);
        Assert.Contains((string)whole.Metadata!["FinishReason"]!, new[] { "Length", "Stop" });
    }

    [Fact]
    public async Task GetTextContents_StopSequence_EndsThere()
    {
        using IbkeTextGenerationService service = new(_model);

        TextContent text = Assert.Single(await service.GetTextContentsAsync(Beginning, new IbkePromptExecutionSettings { StopSequences = [" Osei"] }));

        Assert.Equal((" Dario", "Stop"), (text.Text, text.Metadata!["FinishReason"]));
    }

    [Fact]
    public async Task GetTextContents_BadArguments_Throw()
    {
        using IbkeTextGenerationService service = new(_model);

        await Assert.ThrowsAnyAsync<ArgumentException>(() => service.GetTextContentsAsync(""));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => service.GetTextContentsAsync("a", new IbkePromptExecutionSettings { TopP = 3 }));
        await Assert.ThrowsAsync<PromptTooLongException>(() => service.GetTextContentsAsync(string.Concat(Enumerable.Repeat("long ", 700))));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => service.GetTextContentsAsync(Beginning, cancellationToken: new CancellationToken(true)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("local")]
    public void AddIbkeTextGeneration_WithOrWithoutId_IsFound(string? id)
    {
        IKernelBuilder builder = Kernel.CreateBuilder().AddIbkeChatClient(_model, id).AddIbkeTextGeneration(id);

        Kernel kernel = builder.Build();

        Assert.IsType<IbkeTextGenerationService>(kernel.GetRequiredService<ITextGenerationService>(id));
        (kernel.Services as ServiceProvider)?.Dispose();
    }
}
