using System.Collections.Concurrent;
using Ibke.Runtime.Constraints.Automata;

namespace Ibke.Runtime.Constraints.Schemas;

/// <summary>The formats of texts that are enforced, each by an expression. Others say something to readers only.</summary>
internal static class StringFormats
{
    private const string Month31 = "(0[13578]|1[02])-(0[1-9]|[12]\\d|3[01])";
    private const string Month30 = "(0[469]|11)-(0[1-9]|[12]\\d|30)";
    private const string February = "02-(0[1-9]|1\\d|2[0-8])";
    private const string Year = "(\\d{3}[1-9]|\\d\\d[1-9]0|\\d[1-9]00|[1-9]000)";
    private const string LeapYear = "(\\d\\d(0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)";
    private const string Date = "(" + Year + "-(" + Month31 + "|" + Month30 + "|" + February + ")|" + LeapYear + "-02-29)";
    private const string Time = "([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,7})?";
    private const string Offset = "(Z|[+-](0\\d|1[0-3]):[0-5]\\d)";
    private const string TimeParts = "T(\\d{1,4}H(\\d{1,4}M(\\d{1,4}S)?)?|\\d{1,4}M(\\d{1,4}S)?|\\d{1,4}S)";
    private const string DateParts = "(\\d{1,4}D|\\d{1,4}M(\\d{1,4}D)?|\\d{1,4}Y(\\d{1,4}M(\\d{1,4}D)?)?)";
    private const string Byte = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private const string Label = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    private const string Host = Label + "(\\." + Label + ")*";

    private static readonly Dictionary<string, string> _patterns = new()
    {
        ["date"] = Date,
        ["time"] = Time,
        ["date-time"] = Date + "T" + Time + Offset,
        ["duration"] = "P(\\d{1,4}W|" + DateParts + "(" + TimeParts + ")?|" + TimeParts + ")",
        ["uuid"] = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}",
        ["email"] = "[A-Za-z0-9_+-]+(\\.[A-Za-z0-9_+-]+)*@" + Host,
        ["hostname"] = Host,
        ["ipv4"] = Byte + "(\\." + Byte + "){3}",
        ["ipv6"] = "([0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}",
        ["uri"] = "https?://" + Host + "(:[1-9]\\d{0,3})?(/[A-Za-z0-9._~-]*)*(\\?[A-Za-z0-9._~=&-]*)?(#[A-Za-z0-9._~-]*)?",
    };

    private static readonly ConcurrentDictionary<string, CodePointAutomaton> _automata = [];

    /// <summary>The automaton of a format; null where it is not enforced.</summary>
    public static CodePointAutomaton? Find(string name) => _patterns.TryGetValue(name, out string? pattern)
        ? _automata.GetOrAdd(name, _ => SchemaPattern.Read($"^(?:{pattern})$"))
        : null;
}
