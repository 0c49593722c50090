using System.Text.Json.Nodes;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Models;
using Ibke.Runtime.Templates;
using Ibke.Runtime.Tests.Models;
using Ibke.Runtime.Tokenization;

namespace Ibke.Runtime.Tests.Templates;

public sealed class SpecialTokenVariablesTests
{
    private static readonly string _tiny = Path.Combine(GoldenFiles.Committed, "tokenizers", "tiny-160");

    [Fact]
    public void Of_TokenWithoutAName_StaysUndefined()
    {
        Dictionary<string, JsonNode?> variables = SpecialTokenVariables.Of(Tokenizer.Load(_tiny));

        Assert.Equal(["eos_token", "pad_token"], variables.Keys.Order());
        Assert.Equal("(<|im_end|>)", ChatTemplate.Parse("{{ bos_token }}({{ eos_token }})").Render([], variables: variables));
    }

    [Fact]
    public void QuestionOfAnEdit_ModelWithoutABeginningToken_IsAskedAsInAChat()
    {
        using TemporaryFolder folder = new();
        foreach (string file in Directory.EnumerateFiles(Atlas.Folder))
        {
            File.Copy(file, folder[Path.GetFileName(file)]);
        }

        File.WriteAllText(folder["chat_template.jinja"], "{{ bos_token }}{% for m in messages %}{{ m.role }}:{{ m.content }}<|im_end|>{% endfor %}assistant:");
        using LanguageModel model = LanguageModel.Load(folder.Path);

        Assert.Equal("user:Why?<|im_end|>assistant:", new QuestionPrompt(model).Render("Why?"));
    }
}
