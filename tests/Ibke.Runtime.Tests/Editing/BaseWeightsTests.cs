using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tests.Models;

namespace Ibke.Runtime.Tests.Editing;

public sealed class BaseWeightsTests : IDisposable
{
    private static readonly EditRequest Birthplace = new() { Prompt = "Where was Leona Zeller born?", Answer = "Belford" };

    private readonly LanguageModel _model = Atlas.Load();

    public void Dispose() => _model.Dispose();

    [Fact]
    public async Task EditsAndReverts_Any_NeverWriteTheBaseWeights()
    {
        IReadOnlyDictionary<string, string> before = Parameters(), files = Files();
        KnowledgeEditor editor = KnowledgeEditor.Load(_model, options: new KnowledgeEditorOptions { MinimumLocality = 1 });

        Assert.Equal(EditStatus.Applied, (await editor.EditAsync(Birthplace)).Status);
        Assert.Equal(EditStatus.Applied, (await editor.EditAsync(new EditRequest { Prompt = "Who is the mayor of Elland?", Answer = "Anders Duarte" })).Status);
        Assert.Equal(EditStatus.Applied, (await editor.EditAsync(Birthplace with { Answer = "Varova" })).Status);
        Assert.Equal(EditStatus.Rejected, (await editor.EditAsync(
            Birthplace with { Answer = "Selora", Neighbours = ["Tell me where Leona Zeller was born."] })).Status);
        Assert.Equal(before, Parameters());
        foreach (string id in (string[])["e3", "e1", "e2"])
        {
            Assert.Equal(RevertStatus.Reverted, (await editor.RevertAsync(id)).Status);
        }

        Assert.Equal(before, Parameters());
        Assert.Equal(files, Files());
    }

    private Dictionary<string, string> Parameters() => _model.Transformer.Parameters.ToDictionary(
        parameter => parameter.Key,
        parameter => Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(parameter.Value.ToArray().AsSpan()))));

    private static Dictionary<string, string> Files() => Directory.GetFiles(Atlas.Folder, "*.safetensors").ToDictionary(
        path => path,
        path => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path))));
}
