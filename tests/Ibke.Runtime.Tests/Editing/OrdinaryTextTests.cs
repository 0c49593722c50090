using Ibke.Runtime.Editing;
using Ibke.Runtime.Generation;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tests.Models;

namespace Ibke.Runtime.Tests.Editing;

public class OrdinaryTextTests
{
    private const string About = "The birthplace of Leona Zeller is Tamfield.";

    private static readonly WeightVersion Edited = Edit();

    private static LanguageModel Model => Atlas.Shared;

    [Fact]
    public void Drift_SameVersion_IsZero()
    {
        Assert.Equal(0, new OrdinaryText(Model, [About]).Drift(Edited, Edited, [], CancellationToken.None), 1e-6);
    }

    [Fact]
    public void Drift_ManySentences_IsTheMeanOverTheirTokens()
    {
        string[] sentences = [.. ModelCard.Load(Atlas.Folder).Text, About, "", About];
        TextScorer scorer = new(Model);
        double sum = 0;
        int tokens = 0;
        foreach (IReadOnlyList<int> ids in sentences.Where(text => text.Length > 0).Select(text => Model.Tokenizer.Encode(text)))
        {
            sum += scorer.KlDivergence(ids, Edited, WeightVersion.Base) * ids.Count;
            tokens += ids.Count;
        }

        double drift = new OrdinaryText(Model, sentences).Drift(Edited, WeightVersion.Base, [], CancellationToken.None);

        Assert.True(tokens > 128);
        Assert.True(drift > 0);
        Assert.Equal(sum / tokens, drift, 1e-4 * drift);
    }

    [Fact]
    public void Drift_SentencesAboutTheSubject_AreLeftOut()
    {
        OrdinaryText text = new(Model, [About, "Barden is located in Kelstad."]);

        Assert.True(text.Drift(Edited, WeightVersion.Base, ["leona zeller"], CancellationToken.None)
            < text.Drift(Edited, WeightVersion.Base, [], CancellationToken.None));
        Assert.Equal(0, new OrdinaryText(Model, [About]).Drift(Edited, WeightVersion.Base, ["Leona Zeller"], CancellationToken.None));
    }

    private static WeightVersion Edit() => new(1,
    [
        KnowledgeEditor.Load(Model).Compute(new EditRequest
        {
            Prompt = "Where was Leona Zeller born?", Answer = "Belford", Subject = "Leona Zeller",
        }).Alone,
    ]);
}
