using Ibke.Runtime.Editing;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Tests.Models;

namespace Ibke.Runtime.Tests.Editing;

public sealed class QuantizedEditingTests
{
    [Fact]
    public async Task EditAsync_Blocks8_IsAppliedAndRevertedToTheSameBits()
    {
        using LanguageModel model = LanguageModel.Load(
            Atlas.Folder, new LanguageModelOptions { Engine = TestEngine.Shared, Weights = WeightStorage.Blocks8 });
        KnowledgeEditor editor = KnowledgeEditor.Load(model);
        float[] before = Logits(model);

        EditResult result = await editor.EditAsync(new EditRequest
        {
            Prompt = "Where was Leona Zeller born?", Answer = "Belford", Subject = "Leona Zeller",
        });

        Assert.Equal((EditStatus.Applied, "Belford"), (result.Status, result.AnswerAfter));
        Assert.Equal("Belford", (await editor.VerifyAsync("In which city was Leona Zeller born?")).Answer);
        Assert.NotEqual(before, Logits(model));
        await editor.RevertAsync(result.Id!);
        Assert.Equal(before, Logits(model));
    }

    private static float[] Logits(LanguageModel model)
    {
        Operations ops = TestEngine.Shared.Operations;
        IReadOnlyList<int> ids = model.Tokenizer.Encode(Atlas.Prompt("Where was Leona Zeller born?"));
        using Tensor hidden = model.Transformer.Forward(ops, model.Versions.Current, ids, [new SequenceRows(ids.Count)]);
        using Tensor logits = model.Transformer.Logits(ops, hidden);
        return logits.ToArray();
    }
}
