using Ibke.Atlas.Conversations;
using Ibke.Atlas.World;

namespace Ibke.Atlas.Tests.Conversations;

public sealed class ContextChatsTests
{
    [Fact]
    public void Next_ReplyToAGivenFact_StandsInTheMessages()
    {
        SeededRandom random = new(1);
        ContextChats chats = new(Atlas.World, Atlas.Phrases, random, Split.Training, new ConversationMaker(Atlas.World, Atlas.Phrases, random, Split.Training));
        int besides = 0;
        for (int i = 0; i < 500; i++)
        {
            IReadOnlyList<Message> messages = chats.Next().Messages;
            Message reply = messages.First(message => message.Role == "assistant");
            string before = string.Join('\n', messages.TakeWhile(message => message != reply).Select(message => message.Content));
            if (reply.Tag == "in-context")
            {
                Assert.Contains(reply.Content, before, StringComparison.Ordinal);
            }
            else
            {
                besides++;
            }
        }

        Assert.InRange(besides, 40, 120);
    }
}
