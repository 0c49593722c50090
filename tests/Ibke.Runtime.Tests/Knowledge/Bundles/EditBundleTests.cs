using System.Text;
using Ibke.Runtime.Knowledge.Bundles;
using Ibke.Runtime.Knowledge.Journals;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Service;
using Ibke.Runtime.Tests.Knowledge.Service;

namespace Ibke.Runtime.Tests.Knowledge.Bundles;

public sealed class EditBundleTests
{
    private static readonly Caller _anna = ServiceFixture.Operator;

    [Fact]
    public async Task ImportAsync_BundleOfAnotherJournal_GivesTheSameWeightsAndOnceOnly()
    {
        await using ServiceFixture staging = new(), production = new();
        KnowledgeService from = await staging.OpenAsync(), to = await production.OpenAsync();
        byte[] bytes = await BundleAsync(from);
        EditBundle bundle = Read(to, bytes);

        IReadOnlyList<ImportResult> results = await to.ImportAsync(bundle, _anna);
        IReadOnlyList<ImportResult> again = await to.ImportAsync(bundle, _anna);

        Assert.Equal([ProposalStatus.Applied, ProposalStatus.Applied], results.Select(result => result.Result.Status));
        Assert.Equal([ProposalStatus.Unchanged, ProposalStatus.Unchanged], again.Select(result => result.Result.Status));
        Assert.Equal(from.Editor.Model.Versions.Current.Key, to.Editor.Model.Versions.Current.Key);
        List<JournalEntry> entries = await ServiceFixture.EntriesAsync(to);
        Assert.Equal(2, entries.Count);
        EntryContent content = EntryContent.Read(entries[0].Content);
        Assert.Equal(("anna", "import"), (content.By.Name, content.Rule));
        Assert.Contains(bundle.Hash, content.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ImportAsync_NoAdministratorOrProtectedFact_IsRefused()
    {
        await using ServiceFixture staging = new(), production = new();
        KnowledgeService from = await staging.OpenAsync();
        KnowledgeService to = await production.OpenAsync(new KnowledgeServiceOptions { Policy = new KnowledgePolicy { Protected = [new FactPattern { Question = "*born*" }] } });
        EditBundle bundle = Read(to, await BundleAsync(from));

        Assert.All(
            await to.ImportAsync(bundle, Caller.Person("bert", KnowledgeRoles.Approve | KnowledgeRoles.Propose)),
            result => Assert.Equal(("role", ProposalStatus.Refused), (result.Result.Rule, result.Result.Status)));
        Assert.Equal([ProposalStatus.Refused, ProposalStatus.Applied], (await to.ImportAsync(bundle, _anna)).Select(result => result.Result.Status));
    }

    [Fact]
    public async Task Read_AnyByteChanged_IsRefused()
    {
        await using ServiceFixture staging = new();
        KnowledgeService from = await staging.OpenAsync();
        byte[] bytes = await BundleAsync(from);
        Random random = new(3);

        for (int i = 0; i < 200; i++)
        {
            byte[] changed = [.. bytes];
            int at = random.Next(changed.Length);
            changed[at] ^= (byte)(1 << random.Next(8));
            if (Same(from, bytes, changed))
            {
                // The case of a digit of an escape, or the like: the same bundle, written in another way.
                continue;
            }

            Assert.Throws<BundleException>(() => Read(from, changed));
        }
    }

    [Fact]
    public async Task Read_CutLeftOutOrForAnotherModel_SaysWhichLine()
    {
        await using ServiceFixture staging = new();
        KnowledgeService from = await staging.OpenAsync();
        byte[] bytes = await BundleAsync(from);
        string[] lines = Encoding.UTF8.GetString(bytes).Split('\n');

        Assert.Equal(1, Assert.Throws<BundleException>(() => Read(from, [])).Line);
        Assert.Equal(3, Assert.Throws<BundleException>(() => Read(from, bytes[..^40])).Line);
        Assert.Equal(2, Assert.Throws<BundleException>(() => Read(from, Encoding.UTF8.GetBytes($"{lines[0]}\n{lines[2]}\n"))).Line);
        Assert.Contains("the first line says 2", Assert.Throws<BundleException>(() => Read(from, Encoding.UTF8.GetBytes($"{lines[0]}\n{lines[1]}\n"))).Message, StringComparison.Ordinal);
        BundleException other = Assert.Throws<BundleException>(
            () => EditBundle.Read(new MemoryStream(bytes), "edits.jsonl", KnowledgeService.IdentityOf(from.Editor) with { ModelHash = "another" }));
        Assert.Contains("edits.jsonl, line 1: it is for the model", other.Message, StringComparison.Ordinal);
    }

    private static bool Same(KnowledgeService service, byte[] bytes, byte[] changed)
    {
        try
        {
            return Read(service, changed).Hash == Read(service, bytes).Hash;
        }
        catch (BundleException)
        {
            return false;
        }
    }

    private static async Task<byte[]> BundleAsync(KnowledgeService service)
    {
        await service.ProposeAsync(ServiceFixture.Birthplace, _anna);
        await service.ProposeAsync(ServiceFixture.Mayor, _anna);
        using MemoryStream stream = new();
        await EditBundle.WriteAsync(service, stream, _anna);
        return stream.ToArray();
    }

    private static EditBundle Read(KnowledgeService service, byte[] bytes) =>
        EditBundle.Read(new MemoryStream(bytes), "edits.jsonl", KnowledgeService.IdentityOf(service.Editor));
}
