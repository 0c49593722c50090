using Ibke.Runtime.Chat;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Sources;
using Ibke.Runtime.Models;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Services;

namespace Ibke.SemanticKernel.Tests;

public sealed class RegistrationTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("atlas-1")]
    public void AddIbkeChatClient_Folder_RegistersClientAndModel(string? serviceId)
    {
        using ServiceProvider provider = new ServiceCollection().AddIbkeChatClient(AtlasModel.Folder, serviceId).BuildServiceProvider();

        var client = provider.GetRequiredKeyedService<IChatClient>(serviceId);

        Assert.NotNull(client.GetService<FunctionInvokingChatClient>());
        Assert.NotNull(client.GetService<LocalChatClient>());
        Assert.Same(provider.GetRequiredKeyedService<LanguageModel>(serviceId), client.GetService<LanguageModel>());
        Assert.Same(client, provider.GetRequiredKeyedService<IChatClient>(serviceId));
        Assert.Null(provider.GetKeyedService<IChatCompletionService>(serviceId));
        Assert.Equal(serviceId is null, provider.GetService<IChatClient>() is not null);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("atlas-1")]
    public void AddIbkeChatCompletion_Builder_RegistersBothServices(string? serviceId)
    {
        Kernel kernel = Kernel.CreateBuilder().AddIbkeChatCompletion(AtlasModel.Folder, serviceId).Build();
        using var services = (ServiceProvider)kernel.Services;

        Assert.NotNull(kernel.GetRequiredService<IChatCompletionService>(serviceId));
        Assert.NotNull(kernel.GetRequiredService<IChatClient>(serviceId));
        Assert.NotNull(kernel.GetRequiredService<IChatCompletionService>());
    }

    [Fact]
    public void AddIbkeChatCompletion_Metadata_NamesModelAndProvider()
    {
        Kernel kernel = Kernel.CreateBuilder().AddIbkeChatCompletion(AtlasModel.Folder).Build();
        using var services = (ServiceProvider)kernel.Services;

        var metadata = kernel.GetRequiredService<IChatClient>().GetService<ChatClientMetadata>();

        Assert.Equal("ibke", metadata?.ProviderName);
        Assert.Equal("atlas", metadata?.DefaultModelId);
        Assert.Equal("atlas", kernel.GetRequiredService<IChatCompletionService>().GetModelId());
    }

    [Fact]
    public void AddIbkeChatClient_TwoIds_AreTwoModels()
    {
        using ServiceProvider provider = new ServiceCollection()
            .AddIbkeChatClient(AtlasModel.Folder, "one")
            .AddIbkeChatClient(AtlasModel.Folder, "two")
            .BuildServiceProvider();

        Assert.NotSame(
            provider.GetRequiredKeyedService<IChatClient>("one").GetService<LanguageModel>(),
            provider.GetRequiredKeyedService<IChatClient>("two").GetService<LanguageModel>());
    }

    [Fact]
    public void AddIbkeKnowledgeEditing_AfterModel_GivesEveryKernelThePlugin()
    {
        IKernelBuilder builder = Kernel.CreateBuilder();
        builder.Services.AddSingleton<IFactSource>(new NoFacts());
        Kernel kernel = builder.AddIbkeChatCompletion(AtlasModel.Folder, "atlas-1").AddIbkeKnowledgeEditing("atlas-1").Build();
        using var services = (ServiceProvider)kernel.Services;

        Assert.Equal(
            ["verify_fact", "edit_fact", "revert_edit", "list_edits"],
            kernel.Plugins[KnowledgeEditPlugin.DefaultName].Select(function => function.Metadata.Name));
        Assert.Same(
            services.GetRequiredKeyedService<LanguageModel>("atlas-1"), services.GetRequiredKeyedService<KnowledgeEditor>("atlas-1").Model);
    }

    [Fact]
    public async Task Dispose_ContainerMadeTheModel_DisposesIt()
    {
        ServiceProvider provider = new ServiceCollection().AddIbkeChatCompletion(AtlasModel.Folder).BuildServiceProvider();
        var client = provider.GetRequiredService<IChatClient>();
        var model = provider.GetRequiredService<LanguageModel>();

        await provider.DisposeAsync();
        await provider.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.GetResponseAsync("Hi"));
        using var another = new LocalChatClient(model);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => another.GetResponseAsync("Hi"));
    }

    [Fact]
    public async Task Dispose_ModelWasPassedIn_LeavesItUsable()
    {
        using LanguageModel model = AtlasModel.Load();
        ServiceProvider provider = new ServiceCollection().AddIbkeChatCompletion(model).BuildServiceProvider();
        var client = provider.GetRequiredService<IChatClient>();

        await provider.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.GetResponseAsync("Hi"));
        using var another = new LocalChatClient(model);
        Assert.NotEmpty((await another.GetResponseAsync("Hi", new ChatOptions { MaxOutputTokens = 4 })).Text);
    }

    [Fact]
    public void Resolve_FolderDoesNotExist_SaysWhichFolder()
    {
        using ServiceProvider provider = new ServiceCollection().AddIbkeChatClient("no-such-model").BuildServiceProvider();

        Exception failure = Assert.ThrowsAny<Exception>(provider.GetRequiredService<IChatClient>);

        Assert.Contains("no-such-model", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_NullOrEmptyArguments_Throws()
    {
        IServiceCollection services = new ServiceCollection();
        IKernelBuilder builder = Kernel.CreateBuilder();

        Assert.Throws<ArgumentNullException>(() => ((IServiceCollection)null!).AddIbkeChatClient(AtlasModel.Folder));
        Assert.Throws<ArgumentNullException>(() => ((IServiceCollection)null!).AddIbkeChatCompletion(AtlasModel.Folder));
        Assert.Throws<ArgumentNullException>(() => ((IServiceCollection)null!).AddIbkeKnowledgeEditing());
        Assert.Throws<ArgumentNullException>(() => ((IKernelBuilder)null!).AddIbkeChatClient(AtlasModel.Folder));
        Assert.Throws<ArgumentNullException>(() => ((IKernelBuilder)null!).AddIbkeChatCompletion(AtlasModel.Folder));
        Assert.Throws<ArgumentNullException>(() => ((IKernelBuilder)null!).AddIbkeKnowledgeEditing());
        Assert.Throws<ArgumentNullException>(() => services.AddIbkeChatClient((string)null!));
        Assert.Throws<ArgumentNullException>(() => services.AddIbkeChatClient((LanguageModel)null!));
        Assert.Throws<ArgumentNullException>(() => builder.AddIbkeChatCompletion((string)null!));
        Assert.Throws<ArgumentNullException>(() => builder.AddIbkeChatCompletion((LanguageModel)null!));
        Assert.Throws<ArgumentException>(() => services.AddIbkeChatClient(" "));
        Assert.Throws<ArgumentException>(() => services.AddIbkeKnowledgeEditing(pluginName: ""));
    }

    private sealed class NoFacts : IFactSource
    {
        public string Name => "none";

        public Task<SourcedFact?> AskAsync(string question, string? subject = null, CancellationToken cancellationToken = default) =>
            Task.FromResult<SourcedFact?>(null);
    }
}
