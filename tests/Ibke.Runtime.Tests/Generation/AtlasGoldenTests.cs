using System.Text.Json;
using Ibke.Runtime.Generation;
using Ibke.Runtime.Tests.Models;

namespace Ibke.Runtime.Tests.Generation;

/// <summary>Greedy answers of the embedded model, as an independent implementation gives them.</summary>
[Trait("Category", "Golden")]
public sealed class AtlasGoldenTests
{
    private static readonly JsonElement[] _cases = [.. JsonDocument
        .Parse(File.ReadAllBytes(Path.Combine(GoldenFiles.Committed, "atlas", "expected.json")))
        .RootElement.GetProperty("unedited").EnumerateArray()];

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, _cases.Length)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Complete_Unedited_AgreesToTheToken(int index)
    {
        JsonElement golden = _cases[index];
        int[] expectedIds = [.. golden.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
        using TextGenerator generator = new(Atlas.Shared);

        IReadOnlyList<int> ids = Atlas.Shared.Tokenizer.Encode(golden.GetProperty("prompt").GetString()!);
        GeneratedText text = generator.Complete(ids, new GenerationOptions { MaxNewTokens = 80 });

        Assert.Equal(expectedIds, ids);
        Assert.Equal(golden.GetProperty("output").GetString(), text.Text);
    }
}
