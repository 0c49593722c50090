using Ibke.Atlas.Conversations;
using Ibke.Atlas.Wordings;
using Ibke.Atlas.World;

namespace Ibke.Atlas.Tests;

/// <summary>The world and its phrases, read once.</summary>
internal static class Atlas
{
    public static AtlasWorld World { get; } = AtlasWorld.Load();

    public static PhraseBook Phrases { get; } = PhraseBook.Load();

    public static ConversationMaker Maker(Split split, int seed = 1) => new(World, Phrases, SeededRandom.For(seed, "test"), split);
}
