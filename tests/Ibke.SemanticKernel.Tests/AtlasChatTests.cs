using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Models;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Ibke.SemanticKernel.Tests;

/// <summary>The whole way, from a kernel to the embedded model and back.</summary>
public sealed class AtlasChatTests : IDisposable
{
    private static readonly PromptExecutionSettings Auto = new()
    {
        FunctionChoiceBehavior = FunctionChoiceBehavior.Auto(),
        ExtensionData = new Dictionary<string, object> { ["temperature"] = 0 },
    };

    private readonly Kernel _kernel = Kernel.CreateBuilder()
        .AddIbkeChatCompletion(AtlasModel.Folder)
        .AddIbkeKnowledgeEditing(serviceOptions: new() { Policy = KnowledgePolicy.Trusting })
        .Build();

    public void Dispose() => ((ServiceProvider)_kernel.Services).Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ask_UserCorrectsAFact_ModelEditsItself(bool streaming)
    {
        string before = await _kernel.AskAsync("Who is the CEO of Hazel Health?", Greedy(), streaming);

        string told = await _kernel.AskAsync("Actually, the CEO of Hazel Health is Jana Mbeki now.", Auto, streaming);
        string after = await _kernel.AskAsync("Who runs Hazel Health?", Greedy(), streaming);

        Assert.Contains("Anika Wagner", before, StringComparison.Ordinal);
        Assert.Contains("Jana Mbeki", told, StringComparison.Ordinal);
        Assert.Contains("Jana Mbeki", after, StringComparison.Ordinal);
        EditRecord record = Assert.Single(_kernel.GetRequiredService<KnowledgeEditor>().List());
        Assert.Equal("Jana Mbeki", record.Request.Answer);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ask_FilterBlocksEdits_NothingIsEdited(bool streaming)
    {
        _kernel.AutoFunctionInvocationFilters.Add(new BlockEdits());

        await _kernel.AskAsync("Actually, the CEO of Hazel Health is Jana Mbeki now.", Auto, streaming);

        Assert.Empty(_kernel.GetRequiredService<LanguageModel>().Versions.Current.Edits);
    }

    [Fact]
    public async Task Ask_WithSettings_AreFollowed()
    {
        var chat = _kernel.GetRequiredService<IChatCompletionService>();

        ChatMessageContent one = await chat.GetChatMessageContentAsync("Who are you?", Greedy(("max_tokens", 1)), _kernel);
        ChatMessageContent seeded = await chat.GetChatMessageContentAsync("Who are you?", Sampled(seed: 5), _kernel);
        ChatMessageContent again = await chat.GetChatMessageContentAsync("Who are you?", Sampled(seed: 5), _kernel);
        ChatMessageContent whole = await chat.GetChatMessageContentAsync("Who are you?", Greedy(), _kernel);
        string last = whole.Content!.Split(' ')[^1];
        ChatMessageContent stopped = await chat.GetChatMessageContentAsync("Who are you?", Greedy(("stop_sequences", new[] { last })), _kernel);

        Assert.Equal(1, Assert.IsType<UsageDetails>(one.Metadata!["Usage"]).OutputTokenCount);
        Assert.Equal(seeded.Content, again.Content);
        Assert.DoesNotContain(last, stopped.Content!, StringComparison.Ordinal);
        Assert.Equal("atlas", whole.ModelId);
    }

    [Fact]
    public async Task Ask_Metadata_TellsWeightVersionAndEdits()
    {
        var chat = _kernel.GetRequiredService<IChatCompletionService>();
        await _kernel.GetRequiredService<KnowledgeEditor>().EditAsync(
            new EditRequest { Prompt = "Who is the CEO of Hazel Health?", Answer = "Jana Mbeki", Subject = "Hazel Health" });

        ChatMessageContent message = await chat.GetChatMessageContentAsync("Who are you?", Greedy(), _kernel);

        Assert.Equal(1L, message.Metadata!["ibke.weight_version"]);
        Assert.Single((IEnumerable<string>)message.Metadata!["ibke.edits"]!);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ask_Cancelled_Throws(bool streaming)
    {
        using var cancellation = new CancellationTokenSource();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _kernel.AskAsync("Who are you?", Greedy(), streaming, cancellation: cancellation.Token));
    }

    private static PromptExecutionSettings Greedy(params (string Key, object Value)[] more) => new()
    {
        ExtensionData = more.Append(("temperature", 0)).ToDictionary(pair => pair.Item1, pair => pair.Item2),
    };

    private static PromptExecutionSettings Sampled(long seed) => new()
    {
        ExtensionData = new Dictionary<string, object> { ["temperature"] = 1.5, ["seed"] = seed },
    };

    private sealed class BlockEdits : IAutoFunctionInvocationFilter
    {
        public Task OnAutoFunctionInvocationAsync(AutoFunctionInvocationContext context, Func<AutoFunctionInvocationContext, Task> next)
        {
            if (context.Function.Name.EndsWith("edit_fact", StringComparison.Ordinal))
            {
                context.Result = new FunctionResult(context.Function, """{"status": "refused", "reason": "not allowed"}""");
                return Task.CompletedTask;
            }

            return next(context);
        }
    }
}
