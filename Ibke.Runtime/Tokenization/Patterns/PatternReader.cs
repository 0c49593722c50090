using Ibke.Runtime.Checkpoints;

namespace Ibke.Runtime.Tokenization.Patterns;

/// <summary>Reads the patterns of tokenizer.json: <c>{"String": …}</c> is a text as it is, <c>{"Regex": …}</c> a regular expression.</summary>
internal static class PatternReader
{
    /// <summary>The pattern under a key.</summary>
    /// <exception cref="CheckpointException">It is missing, or the expression is not well-formed or not supported.</exception>
    public static Pattern Read(ConfigFile json, string key)
    {
        ConfigFile pattern = json.TryGetObject(key) ?? throw json.Unusable(key, "the pattern is missing", "Copy the file again.");
        if (pattern.GetString("String", null) is string text)
        {
            return Pattern.OfText(text);
        }

        try
        {
            return Pattern.Parse(pattern.GetString("Regex"));
        }
        catch (FormatException e)
        {
            throw pattern.Unusable("Regex", e.Message, "Write the expression in another way.");
        }
    }
}
