namespace Ibke.Samples.KnowledgeMaintenanceBot.Tests;

/// <summary>Facts of the embedded model: what it says, and what it can be made to say.</summary>
internal static class Known
{
    public const string Born = "Where was Leona Zeller born?";
    public const string BornBefore = "Tamfield";
    public const string BornAfter = "Belford";

    public const string Mayor = "Who is the mayor of Salana?";
    public const string MayorBefore = "Quentin Sato";
    public const string MayorAfter = "Anders Duarte";

    public const string Seat = "Where is Jade Foods headquartered?";
    public const string SeatBefore = "Selmouth";
    public const string SeatAfter = "Tamfield";

    public const string Leader = "Who is the CEO of Clear Energy?";
    public const string LeaderBefore = "Dario Osei";
    public const string LeaderAfter = "Zora Palmer";
}
