using Ibke.Runtime.Chat;
using Ibke.Runtime.Templates;
using Ibke.Runtime.Tokenization;

namespace Ibke.Runtime.Training.Data;

/// <summary>
/// Reads <c>{"messages": […], "tools"?: […], "kind"?, "weight"?}</c>: the conversation is written as the chat client writes it, and what the
/// assistant writes is learned, up to and with the token that ends its turn.
/// </summary>
/// <remarks>
/// A reply is what the text of the conversation up to it has more than the prompt that asks for it. Most templates go on writing the same text as
/// the conversation grows, and then one document teaches all replies. A template that writes earlier turns in another way later, as those do that
/// drop old thoughts, gives several documents, and each reply is learned in one of them.
/// </remarks>
/// <param name="tokenizer">Encodes what the renderer has written.</param>
/// <param name="renderer">Writes conversations as the chat client does.</param>
/// <param name="mayCall">Whether the template can show the model functions.</param>
/// <param name="turnEnds">Tokens that end a turn.</param>
internal sealed class ChatReading(Tokenizer tokenizer, ConversationRenderer renderer, bool mayCall, IReadOnlySet<int> turnEnds)
{
    private sealed record Reply(int Start, int End);

    /// <summary>The documents of a line; at least one.</summary>
    /// <exception cref="TrainingDataException">The line is not in the form, the template refuses it, or there is nothing to learn.</exception>
    public IReadOnlyList<TrainingDocument> Read(JsonField line)
    {
        float weight = line.TryGet("weight", out JsonField? field) ? field.Weight() : 1;
        ChatMessages chat = ChatMessages.Read(line);
        PreparedConversation conversation = renderer.Prepare(chat.Messages, chat.Tools, chat.Tools is not null && mayCall, []);
        List<(string Text, List<Reply> Replies)> texts = [];
        for (int last = chat.Messages.Count - 1; last >= 0; last--)
        {
            if (chat.IsLearned[last])
            {
                string text = Render(line, conversation, last + 1, addGenerationPrompt: false);
                AddReply(line, last, Render(line, conversation, last, addGenerationPrompt: true), text, texts);
            }
        }

        return texts.Count > 0 ? [.. texts.AsEnumerable().Reverse().Select(text => ToDocument(line, text.Text, text.Replies, weight))]
            : throw line.Get("messages").Unusable("holds nothing to learn. Give at least one message of the assistant without \"learn\": false.");
    }

    private static void AddReply(JsonField line, int message, string prompt, string text, List<(string Text, List<Reply> Replies)> texts)
    {
        if (!text.StartsWith(prompt, StringComparison.Ordinal))
        {
            throw line.Get("messages").Items()[message].Unusable(
                "cannot be learned: the chat template writes it in another way than it asks for it. Set \"learn\" to false, or use another template.");
        }

        if (text.Length == prompt.Length)
        {
            throw line.Get("messages").Items()[message].Unusable("cannot be learned: the chat template writes nothing for it.");
        }

        Reply reply = new(prompt.Length, text.Length);
        int known = texts.FindIndex(longer => longer.Text.StartsWith(text, StringComparison.Ordinal));
        if (known >= 0)
        {
            texts[known].Replies.Insert(0, reply);
        }
        else
        {
            texts.Add((text, [reply]));
        }
    }

    private static string Render(JsonField line, PreparedConversation conversation, int messages, bool addGenerationPrompt)
    {
        try
        {
            return conversation.Render(messages, addGenerationPrompt, CancellationToken.None);
        }
        catch (TemplateException e)
        {
            throw line.Get("messages").Unusable($"cannot be written by the chat template: {e.Message}", e);
        }
    }

    private TrainingDocument ToDocument(JsonField line, string text, List<Reply> replies, float weight)
    {
        DocumentTokens tokens = new();
        int done = 0;
        foreach (Reply reply in replies)
        {
            tokens.Add(tokenizer.EncodeMarked(text[done..reply.Start]), 0);
            IReadOnlyList<int> ids = tokenizer.EncodeMarked(text[reply.Start..reply.End]);
            int learned = ids.Count;
            while (learned > 0 && !turnEnds.Contains(ids[learned - 1]))
            {
                learned--;
            }

            // Where no token ends a turn, a text does, and it is learned as a whole.
            learned = learned == 0 ? ids.Count : learned;
            tokens.Add([.. ids.Take(learned)], weight);
            tokens.Add([.. ids.Skip(learned)], 0);
            done = reply.End;
        }

        return tokens.ToDocument(line);
    }
}
