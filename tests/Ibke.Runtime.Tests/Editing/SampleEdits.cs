using Ibke.Runtime.Editing;

namespace Ibke.Runtime.Tests.Editing;

/// <summary>Edits of the embedded model that are accepted.</summary>
internal static class SampleEdits
{
    public static EditRequest Birthplace { get; } = new()
    {
        Prompt = "Where was Leona Zeller born?", Answer = "Belford", Subject = "Leona Zeller", Source = "register", Requester = "test",
    };

    public static EditRequest Mayor { get; } = new() { Prompt = "Who is the mayor of Elland?", Answer = "Anders Duarte" };
}
