using Ibke.Atlas.World;

namespace Ibke.Atlas.Tests.World;

public sealed class AtlasWorldTests
{
    private static readonly AtlasWorld _world = Atlas.World;

    [Fact]
    public void Load_Resources_HoldsTheWorldOfTheEmbeddedModel()
    {
        Assert.Equal(1826, _world.Facts.Count);
        Assert.Equal(538, _world.Subjects.Count);
        Assert.Equal(17, _world.Relations.Count);
        Assert.Equal(216, _world.TestSubjects.Count);
        Assert.Equal(["alma_mater", "founder", "language"], _world.HeldRelations.Order());
        Assert.Equal("Dario Osei", _world.Find("Clear Energy", "ceo")!.Object);
        Assert.Equal("Who is the CEO of Clear Energy?", _world.Relations["ceo"].Canonical("Clear Energy"));
    }

    [Fact]
    public void Facts_EverySubject_HasAllRelationsOfItsKind() =>
        Assert.All(_world.Subjects, subject =>
            Assert.All(_world.RelationsOf(_world.KindOf(subject)!), relation => Assert.NotNull(_world.Find(subject, relation.Name))));

    [Fact]
    public void Facts_EveryObject_IsOfTheRelationsKind() =>
        Assert.All(_world.Facts, fact => Assert.Contains(fact.Object, _world.ObjectsOf(_world.Relations[fact.Relation])));

    [Fact]
    public void Facts_ThatFollowFromOthers_AreConsistent()
    {
        Assert.All(_world.FactsOf("capital"), fact => Assert.Equal(fact.Subject, _world.Find(fact.Object, "country")!.Object));
        Assert.All(_world.FactsOf("flagship"), fact => Assert.Equal(fact.Subject, _world.Find(fact.Object, "maker")!.Object));
        Assert.All(_world.FactsOf("ceo"), fact => Assert.Equal(fact.Subject, _world.Find(fact.Object, "employer")!.Object));
    }

    [Fact]
    public void Reversed_ObjectOfAFact_GivesItsSubject() =>
        Assert.All(_world.FactsOf("mayor"), fact => Assert.Equal(fact.Subject, _world.Reversed("mayor")[fact.Object]));

    [Fact]
    public void KindOf_NameOutsideTheWorld_IsNull() => Assert.Null(_world.KindOf("Contoso"));
}
