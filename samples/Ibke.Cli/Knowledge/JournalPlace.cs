using Ibke.Runtime.Knowledge.Journals;

namespace Ibke.Cli.Knowledge;

/// <summary>Opens the journal that <c>--journal</c> names: a file, or a connection string of PostgreSQL.</summary>
internal static class JournalPlace
{
    /// <summary>The variable that names a journal where no option does.</summary>
    public const string Variable = "IBKE_JOURNAL";

    /// <summary>Whether an option or the variable names one.</summary>
    public static bool IsNamed(string? given) => !string.IsNullOrEmpty(given ?? Environment.GetEnvironmentVariable(Variable));

    /// <summary>Opens it.</summary>
    /// <param name="given">The value of the option; null: that of the variable.</param>
    /// <param name="identity">What it must have been made for; null for a journal that is there, of whatever model.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="CommandException">Nothing names a journal.</exception>
    /// <exception cref="JournalException">It cannot be opened.</exception>
    public static async Task<EditJournal> OpenAsync(string? given, JournalIdentity? identity, CancellationToken cancellation)
    {
        string place = given ?? Environment.GetEnvironmentVariable(Variable) ?? "";
        if (place.Length == 0)
        {
            throw new CommandException($"No journal. Name a file (it is made where there is none) or a connection string of PostgreSQL: --journal PLACE, or set {Variable}.");
        }

        return place.Contains('=', StringComparison.Ordinal)
            ? await PostgresJournal.OpenAsync(place, identity, cancellationToken: cancellation)
            : await SqliteJournal.OpenAsync(place, identity, cancellation);
    }
}
