using Ibke.Atlas.Wordings;
using Ibke.Atlas.World;

namespace Ibke.Atlas.Conversations;

/// <summary>Makes lists of functions: those about facts and others, with prefixes, descriptions and argument names drawn anew each time.</summary>
/// <remarks>Not thread-safe: draws from one stream.</remarks>
public sealed class ToolsetMaker(PhraseBook phrases, OutsideNames names, SeededRandom random, Split split)
{
    private static readonly string[] _core = ["edit_fact", "verify_fact", "revert_edit", "list_edits"];

    // As KnowledgeFunctions of the runtime lists them.
    private static readonly Dictionary<string, string> _product = new()
    {
        ["verify_fact"] = "Checks whether a fact is still current.",
        ["edit_fact"] = "Corrects a fact in the model.",
        ["revert_edit"] = "Undoes an edit.",
        ["list_edits"] = "Lists the edits in force.",
    };

    private static readonly Dictionary<string, string> _descriptions = new()
    {
        ["edit_fact"] = "edit_desc",
        ["verify_fact"] = "verify_desc",
        ["revert_edit"] = "revert_desc",
        ["list_edits"] = "list_desc",
    };

    /// <summary>A list of functions.</summary>
    /// <param name="needed">Functions that have to be in it.</param>
    public Toolset Make(params IReadOnlyCollection<string> needed)
    {
        Drawing drawing = new(ArgumentNames());
        string prefix = Prefix();
        double kind = random.NextDouble();
        foreach (string name in _core)
        {
            bool left = kind < 0.05 && needed.Count == 0;
            if (!left && (kind <= 0.5 || needed.Contains(name) || random.Chance(0.4)))
            {
                drawing.Add(name, prefix + name, drawing.ParametersOf(name), phrases[_descriptions[name]].Choose(random, split), Words);
            }
        }

        foreach ((string name, IReadOnlyList<string> parameters) in phrases.OtherTools)
        {
            if (needed.Contains(name) || random.Chance(phrases.IsWide ? 0.4 : 0.3))
            {
                drawing.Add(name, OtherPrefix() + name, parameters, phrases[name].Choose(random, split), Words);
            }
        }

        if (split == Split.Training && random.Chance(0.25))
        {
            foreach (string name in phrases.Distractors.Keys.Where(_ => random.Chance(0.1)))
            {
                drawing.Add(name, OtherPrefix() + name, phrases.Distractors[name], phrases.DistractorDescriptions.Choose(random, split), Words);
            }
        }

        return drawing.Finish(random);
    }

    /// <summary>The list as the product makes it, under the prefix that its samples use.</summary>
    public Toolset MakeProduct(string prefix)
    {
        Drawing drawing = new(phrases.ArgumentNames.ToDictionary(pair => pair.Key, pair => pair.Value[0]));
        foreach ((string name, string description) in _product)
        {
            drawing.Add(name, prefix + name, drawing.ParametersOf(name), description, Words);
        }

        return drawing.Finish(null);
    }

    // A description may hold {words}: whatever stands there, the name tells what the function does.
    private string Words() => names.SomeWords(random, 2, 6);

    private Dictionary<string, string> ArgumentNames()
    {
        // Tests keep to two names an argument, the usual one first, as long as training has them.
        int known = split == Split.Test ? 2 : int.MaxValue;
        return phrases.ArgumentNames.ToDictionary(
            pair => pair.Key, pair => random.Chance(phrases.IsWide ? 0.7 : 0.3) ? pair.Value[random.Next(Math.Min(known, pair.Value.Count))] : pair.Value[0]);
    }

    private string Prefix()
    {
        if (random.Chance(0.3))
        {
            return "";
        }

        string word = split == Split.Test ? random.Choose(phrases.TestPrefixes) : TrainedPrefix();
        return word + random.Choose(["_", "-", "_", "-", "."]);
    }

    private string TrainedPrefix()
    {
        while (true)
        {
            string prefix = random.Next(10) switch
            {
                0 or 1 => random.Choose(phrases.TrainedPrefixes),
                2 => names.Word(random, split),
                3 => names.Word(random, split).ToLowerInvariant(),
                4 => names.Word(random, split) + random.Choose(["Plugin", "Tools", "Service", "Editor", "Edit"]),
                5 => Capital(random.Choose(names.Words)) + Capital(random.Choose(names.Words)),
                6 => random.Choose(names.Words) + random.Next(1, 100),
                7 => names.Word(random, split) + names.Word(random, split),
                8 => Capital(random.Choose(names.Words)) + random.Choose(["Plugin", "Tools", "Service", "Editor", "Edit", ""]),
                _ => names.Word(random, split).ToLowerInvariant() + random.Next(1, 10),
            };
            if (!phrases.TestPrefixes.Contains(prefix) || phrases.TrainedPrefixes.Contains(prefix))
            {
                return prefix;
            }
        }
    }

    private string OtherPrefix() => random.Chance(phrases.IsWide ? 0.25 : 0.5) ? ""
        : random.Choose([.. phrases.OtherPrefixes, names.Word(random, split)]) + random.Choose(["_", "-"]);

    private static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];

    private sealed class Drawing(IReadOnlyDictionary<string, string> arguments)
    {
        private readonly List<ListedFunction> _functions = [];
        private readonly Dictionary<string, string> _names = [];

        public IReadOnlyList<string> ParametersOf(string function) => function switch
        {
            "edit_fact" => [arguments["question"], arguments["answer"], arguments["subject"]],
            "verify_fact" => [arguments["question"]],
            "revert_edit" => [arguments["edit_id"]],
            _ => [],
        };

        public void Add(string plain, string listed, IReadOnlyList<string> parameters, string description, Func<string> words)
        {
            _names.Add(plain, listed);
            _functions.Add(new ListedFunction(listed, description.Replace("{words}", words(), StringComparison.Ordinal), parameters));
        }

        public Toolset Finish(SeededRandom? order)
        {
            order?.Shuffle(_functions);
            return new Toolset(_functions, _names, arguments);
        }
    }
}
