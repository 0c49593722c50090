using System.Diagnostics;
using System.Globalization;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Journals;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Service;
using Ibke.Runtime.Models;

// MODEL JOURNAL SEED STEP COUNT: opens the service, says what is in force, and then edits and reverts at random, saying each time what was acknowledged.
// Where STEP is the name of a step of the pipeline, the process kills itself when it has been taken for the COUNT-th time.
(string folder, string place, int seed, string step, int count) = (args[0], args[1], Number(args[2]), args[3], Number(args[4]));
using LanguageModel model = LanguageModel.Load(folder);
KnowledgeEditor editor = KnowledgeEditor.Load(model, options: new KnowledgeEditorOptions { GeneralityQuestions = 1, LocalityQuestions = 2 });
JournalIdentity identity = KnowledgeService.IdentityOf(editor);
EditJournal journal = place.Contains('=', StringComparison.Ordinal)
    ? await PostgresJournal.OpenAsync(place[..place.LastIndexOf('|')], identity, place[(place.LastIndexOf('|') + 1)..])
    : await SqliteJournal.OpenAsync(place, identity);
int taken = 0;
await using KnowledgeService service = await KnowledgeService.OpenAsync(editor, journal, new KnowledgeServiceOptions
{
    Policy = KnowledgePolicy.Trusting with { CallerLimit = null, GlobalLimit = null },
    AfterStep = name =>
    {
        if (name == step && ++taken == count)
        {
            Process.GetCurrentProcess().Kill();
        }
    },
});
Say("open");
Caller caller = Caller.Service("crash", KnowledgeRoles.All);
(string Question, string[] Answers)[] facts =
[
    ("Where was Leona Zeller born?", ["Belford", "Garica", "Tamfield"]),
    ("Who is the mayor of Salana?", ["Anders Duarte", "Zora Palmer"]),
    ("Where is Jade Foods headquartered?", ["Tamfield", "Belford"]),
];
Random random = new(seed);
while (true)
{
    if (service.State.Edits.Count > 0 && random.Next(4) == 0)
    {
        string id = service.State.Edits[random.Next(service.State.Edits.Count)].Id;
        await service.RevertAsync(id, caller);
        Say("acknowledged");
    }
    else if (random.Next(12) == 0)
    {
        await (service.State.Suspended ? service.ResumeAsync(caller) : service.SuspendAsync(caller));
        Say("acknowledged");
    }
    else if (random.Next(12) == 0)
    {
        await service.CompactAsync();
    }
    else
    {
        (string question, string[] answers) = facts[random.Next(facts.Length)];
        await service.ProposeAsync(new FactProposal { Request = new EditRequest { Prompt = question, Answer = answers[random.Next(answers.Length)] } }, caller);
        Say("acknowledged");
    }
}

// What is in force: the journal's last hash, the edits, and the key of the published weights.
void Say(string what)
{
    string edits = string.Join(',', service.State.Edits.Select(edit => edit.Id));
    Console.Out.WriteLine(FormattableString.Invariant(
        $"{what} {service.State.Head.Sequence} {service.State.Head.Hash} {(service.State.Suspended ? "suspended" : "serving")} [{edits}] {model.Versions.Current.Key}"));
    Console.Out.Flush();
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
