using Ibke.Runtime.Editing.Cases;
using Ibke.Runtime.Generation.Sampling;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Training.Data;
using Ibke.Runtime.Training.Editors;

namespace Ibke.Runtime.Tests.Training.Editors;

[Collection(nameof(TinyKnowledge))]
public sealed class GroupSamplerTests(TinyKnowledge knowledge)
{
    private static readonly EditorTrainingOptions _options = new() { Group = 10, KeptConversations = 3 };

    [Fact]
    public void Sample_ManyGroups_HoldDifferentFactsAndNoPromptAboutThem()
    {
        GroupSampler sampler = Sampler();
        EditedFact[] background = [EditedFact.Of(TinyKnowledge.Training[5])];
        for (uint seed = 0; seed < 20; seed++)
        {
            EditGroup group = sampler.Sample(new RandomSource(seed), background);

            Assert.Equal(10, group.Facts.Count);
            Assert.Equal(10, group.Facts.Select(fact => (fact.Subject, fact.Relation)).Distinct().Count());
            Assert.Equal(10, group.Prompts.Count(prompt => prompt.Role == PromptRole.Edit));
            Assert.Equal(20, group.Prompts.Count(prompt => prompt.Role == PromptRole.Rephrasing));
            Assert.Equal(3, group.Prompts.Count(prompt => prompt.Role == PromptRole.KeptConversation));
            HashSet<string> concerned = [.. TinyKnowledge.Training.Concat(TinyKnowledge.HeldOut)
                .Where(edit => group.Facts.Concat(background).Any(fact => fact.IsSame(EditedFact.Of(edit))))
                .SelectMany(edit => edit.Rephrasings.Append(edit.Prompt))];
            Assert.All(
                group.Prompts.Where(prompt => prompt.Role == PromptRole.Locality),
                prompt => Assert.DoesNotContain(concerned, Text(prompt).Contains));
        }
    }

    [Fact]
    public void Sample_SameSeed_IsTheSame()
    {
        EditGroup one = Sampler().Sample(new RandomSource(3), []), other = Sampler().Sample(new RandomSource(3), []);

        Assert.Equal(one.Facts, other.Facts);
        Assert.Equal(one.Prompts.Select(Text), other.Prompts.Select(Text));
    }

    [Fact]
    public void Sample_ExchangedAnswers_AreOfTheRelationAndNotWhatIsKnown()
    {
        GroupSampler sampler = Sampler(_options with { ExchangedAnswers = 1 });
        Dictionary<string, EditCase> cases = TinyKnowledge.Training.ToDictionary(edit => edit.Prompt);
        int exchanged = 0;
        for (uint seed = 0; seed < 10; seed++)
        {
            EditGroup group = sampler.Sample(new RandomSource(seed), []);
            foreach ((EditedFact fact, ScoredPrompt prompt) in group.Facts.Zip(group.Prompts.Where(prompt => prompt.Role == PromptRole.Edit)))
            {
                EditCase edit = cases[fact.Prompt];
                string answer = knowledge.Model.Tokenizer.Decode(prompt.Targets[..^1]);
                Assert.Contains(answer, TinyKnowledge.Training.Where(other => other.Relation == edit.Relation).Select(other => other.Answer));
                Assert.NotEqual(edit.Previous, answer);
                exchanged += answer == edit.Answer ? 0 : 1;
            }
        }

        Assert.True(exchanged > 50, $"{exchanged}");
    }

    [Fact]
    public void MayConcern_PromptWithoutFact_DoesOnceItNamesTheSubject()
    {
        EditedFact fact = new("Ada", "home", "Where does Ada live?");

        Assert.True(fact.MayConcern(new LocalityPrompt("What does Ada do?", "other")));
        Assert.False(fact.MayConcern(new LocalityPrompt("What does Ada do?", "other", Subject: "Ada", Relation: "trade")));
        Assert.True(fact.MayConcern(new LocalityPrompt("Her town?", "other", Subject: "Ada", Relation: "home")));
        Assert.False(fact.MayConcern(new LocalityPrompt("Where does Bruno live?", "other")));
    }

    [Fact]
    public void Of_PromptsOfTheModel_AreWhatItGenerates()
    {
        CaseEncoder encoder = new(knowledge.Model, NeuronForm.Sparse);
        LocalityPrompt[] prompts = [.. TinyKnowledge.Training.Take(12).SelectMany(edit => edit.Locality).Where(prompt => prompt.Form == PromptForm.Chat)];

        IReadOnlyList<ScoredPrompt?> replies = new BaseReplies(knowledge.Model, encoder).Of(prompts);

        using Ibke.Runtime.Generation.TextGenerator generator = new(knowledge.Model);
        foreach ((LocalityPrompt prompt, ScoredPrompt? reply) in prompts.Zip(replies))
        {
            string expected = generator.Complete(encoder.Question(prompt.Prompt), new Ibke.Runtime.Generation.GenerationOptions { MaxNewTokens = 32 }, WeightVersion.Base).Text;
            Assert.Equal(expected, knowledge.Model.Tokenizer.Decode(reply!.Targets));
        }
    }

    private string Text(ScoredPrompt prompt) => knowledge.Model.Tokenizer.Decode(prompt.Inputs);

    private GroupSampler Sampler(EditorTrainingOptions? options = null)
    {
        CaseEncoder encoder = new(knowledge.Model, NeuronForm.Sparse);
        KeptConversations kept = new(DocumentReader.Load(knowledge.ModelFolder), [], knowledge.Model.Tokenizer);
        return new GroupSampler(TinyKnowledge.Training, kept, options ?? _options, encoder, new BaseReplies(knowledge.Model, encoder));
    }
}
