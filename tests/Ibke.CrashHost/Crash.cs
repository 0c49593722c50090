using System.Diagnostics;
using System.Globalization;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Service;

namespace Ibke.CrashHost;

/// <summary>Says what is in force, then edits and reverts at random, saying each time what was acknowledged.</summary>
internal static class Crash
{
    private static readonly (string Question, string[] Answers)[] _facts =
    [
        ("Where was Leona Zeller born?", ["Belford", "Garica", "Tamfield"]),
        ("Who is the mayor of Salana?", ["Anders Duarte", "Zora Palmer"]),
        ("Where is Jade Foods headquartered?", ["Tamfield", "Belford"]),
    ];

    /// <summary>MODEL JOURNAL SEED STEP COUNT: where STEP is the name of a step, the process kills itself when it has been taken for the COUNT-th time.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        (string step, int count, int taken) = (args[3], Number(args[4]), 0);
        await using OpenService open = await OpenService.OpenAsync(args[0], args[1], name =>
        {
            if (name == step && ++taken == count)
            {
                Process.GetCurrentProcess().Kill();
            }
        });
        open.Say("open");
        Random random = new(Number(args[2]));
        while (true)
        {
            await ActAsync(open.Service, random);
            open.Say("acknowledged");
        }
    }

    private static async Task ActAsync(KnowledgeService service, Random random)
    {
        if (service.State.Edits.Count > 0 && random.Next(4) == 0)
        {
            await service.RevertAsync(service.State.Edits[random.Next(service.State.Edits.Count)].Id, OpenService.Caller);
        }
        else if (random.Next(12) == 0)
        {
            await (service.State.Suspended ? service.ResumeAsync(OpenService.Caller) : service.SuspendAsync(OpenService.Caller));
        }
        else if (random.Next(12) == 0)
        {
            await service.CompactAsync();
        }
        else
        {
            (string question, string[] answers) = _facts[random.Next(_facts.Length)];
            await service.ProposeAsync(new FactProposal { Request = new EditRequest { Prompt = question, Answer = answers[random.Next(answers.Length)] } }, OpenService.Caller);
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
