namespace Ibke.Samples.SelfCorrectingAgent;

/// <summary>What the sample was asked to do.</summary>
internal sealed record AgentOptions(string ModelFolder, string DirectoryFile, string? JournalFile, bool Interactive, int Seed)
{
    public const string Help = """
        A self-correcting agent: it answers from a language model in this process, checks the answers against a directory,
        and corrects the running model.

        Usage: SelfCorrectingAgent [options]

          --interactive      chat with the agent instead of watching the script
          --directory FILE   facts as they are now: CSV with the columns question,answer,as_of, or JSON
          --journal FILE     keeps the edits, so that they are in force again at the next start (default: they end with the run)
          --model DIR        a model folder with an editor (default: the embedded model, Atlas)
          --seed N           chooses the questions that must stay as they were (default 1)
          --help             this text

        Exit code: 0 when everything held, 1 when something did not, 2 for wrong usage.
        Example: SelfCorrectingAgent --interactive --directory my-facts.csv --journal edits.db
        """;

    /// <summary>Reads the command line.</summary>
    /// <returns>Null when help was asked for.</returns>
    /// <exception cref="ArgumentException">Says which option is wrong, and what it takes.</exception>
    public static AgentOptions? Parse(IReadOnlyList<string> arguments)
    {
        AgentOptions options = new(
            Path.Combine(AppContext.BaseDirectory, "atlas"), Path.Combine(AppContext.BaseDirectory, "directory.csv"), JournalFile: null, Interactive: false, Seed: 1);
        for (int i = 0; i < arguments.Count; i++)
        {
            string Value() => i + 1 < arguments.Count
                ? arguments[++i]
                : throw new ArgumentException($"{arguments[i]} needs a value.");

            switch (arguments[i])
            {
                case "--help" or "-h" or "-?":
                    return null;
                case "--interactive":
                    options = options with { Interactive = true };
                    break;
                case "--directory":
                    options = options with { DirectoryFile = Value() };
                    break;
                case "--journal":
                    options = options with { JournalFile = Value() };
                    break;
                case "--model":
                    options = options with { ModelFolder = Value() };
                    break;
                case "--seed":
                    string seed = Value();
                    options = options with
                    {
                        Seed = int.TryParse(seed, out int number) ? number : throw new ArgumentException($"--seed takes a whole number, not “{seed}”."),
                    };
                    break;
                default:
                    throw new ArgumentException($"Unknown option “{arguments[i]}”; --help lists the options.");
            }
        }

        return options;
    }
}
