using Ibke.Runtime.Tokenization;

namespace Ibke.Runtime.Training.Data;

/// <summary>
/// Reads <c>{"text": "…"}</c> and <c>{"parts": [["…", weight], …]}</c>: each part is encoded by itself, as a prompt and its continuation are. The
/// token that ends a text is appended and learned.
/// </summary>
/// <param name="tokenizer">Encodes; tokens that are written in a text are recognised.</param>
/// <param name="endOfText">The token that ends a text; null where the model has none, which then cannot learn texts.</param>
internal sealed class TextReading(Tokenizer tokenizer, int? endOfText)
{
    private readonly int[] _beginning = [.. tokenizer.BosToken is { } bos && tokenizer.Encode("", addSpecialTokens: true) is [int first, ..]
        && tokenizer.FindId(bos) == first ? [first] : Array.Empty<int>()];

    /// <summary>The document of a line.</summary>
    /// <exception cref="TrainingDataException">The line is not in the form, or there is nothing to learn.</exception>
    public TrainingDocument Read(JsonField line)
    {
        int end = endOfText ?? throw line.Unusable("is a text, but the model has no token that ends one. Name it in generation_config.json (eos_token_id).");
        float factor = line.TryGet("weight", out JsonField? weight) ? weight.Weight() : 1;
        DocumentTokens tokens = new();
        tokens.Add(_beginning, 0);
        foreach ((string text, float partWeight) in Parts(line))
        {
            tokens.Add(tokenizer.Encode(text), partWeight * factor);
        }

        if (tokens.Count == _beginning.Length)
        {
            throw line.Get(line.TryGet("text", out _) ? "text" : "parts").Unusable("is empty. Leave the line out.");
        }

        tokens.Add([end], factor);
        return tokens.ToDocument(line);
    }

    /// <summary>Whether a line has one of the forms.</summary>
    public static bool IsText(JsonField line) => line.TryGet("text", out _) || line.TryGet("parts", out _);

    /// <summary>The text of a line, for training a tokenizer.</summary>
    public static string TextOf(JsonField line) => string.Concat(Parts(line).Select(part => part.Text));

    private static IEnumerable<(string Text, float Weight)> Parts(JsonField line)
    {
        if (line.TryGet("text", out JsonField? text))
        {
            return [(text.Text(), 1)];
        }

        return line.Get("parts").Items().Select(part => part.Items() is [JsonField content, JsonField weight]
            ? (content.Text(), weight.Weight())
            : throw part.Unusable("must be a text and its weight, such as [\"The CEO of X is\", 0.1]."));
    }
}
