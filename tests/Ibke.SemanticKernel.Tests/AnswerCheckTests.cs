using Ibke.Runtime.Knowledge.Sources;
using Ibke.Runtime.Models;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;

namespace Ibke.SemanticKernel.Tests;

public sealed class AnswerCheckTests : IDisposable
{
    private const string Question = "Where was Leona Zeller born?";

    private readonly LanguageModel _model = AtlasModel.Load();

    public void Dispose() => _model.Dispose();

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Ask_StaleAnswer_IsCorrectedBeforeItLeaves(bool streaming, bool reportOnly)
    {
        IKernelBuilder builder = Kernel.CreateBuilder().AddIbkeChatCompletion(_model).AddIbkeKnowledgeEditing().AddIbkeAnswerChecks(correct: !reportOnly);
        builder.Services.AddSingleton<IFactSource>(new Register());
        Kernel kernel = builder.Build();

        string answer = await kernel.AskAsync(Question, new IbkePromptExecutionSettings(), streaming);

        Assert.Equal(reportOnly ? "Tamfield" : "Belford", answer);
        Assert.Equal(reportOnly ? 0 : 1, _model.Versions.Current.Edits.Count);
        await ((ServiceProvider)kernel.Services).DisposeAsync();
    }

    private sealed class Register : IFactSource
    {
        public string Name => "register";

        public Task<SourcedFact?> AskAsync(string question, string? subject = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(question == Question ? new SourcedFact("Belford", Name, null) : null);
    }
}
