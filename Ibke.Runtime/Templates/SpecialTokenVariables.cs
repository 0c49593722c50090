using System.Text.Json.Nodes;
using Ibke.Runtime.Tokenization;

namespace Ibke.Runtime.Templates;

/// <summary>The variables by which chat templates write a tokenizer's special tokens.</summary>
internal static class SpecialTokenVariables
{
    /// <summary>Those that the tokenizer has. One that it lacks stays undefined, which templates print as nothing; null they would print as <c>None</c>.</summary>
    public static Dictionary<string, JsonNode?> Of(Tokenizer tokenizer)
    {
        Dictionary<string, JsonNode?> variables = [];
        Add("bos_token", tokenizer.BosToken);
        Add("eos_token", tokenizer.EosToken);
        Add("unk_token", tokenizer.UnknownToken);
        Add("pad_token", tokenizer.PadToken);
        return variables;

        void Add(string name, string? token)
        {
            if (token is not null)
            {
                variables[name] = token;
            }
        }
    }
}
