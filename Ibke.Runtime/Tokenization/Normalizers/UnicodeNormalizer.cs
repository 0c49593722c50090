using System.Text;

namespace Ibke.Runtime.Tokenization.Normalizers;

/// <summary>Brings a text into one of the four normal forms of Unicode.</summary>
internal sealed class UnicodeNormalizer : Normalizer
{
    // The platform refuses texts with this noncharacter. It is left alone by every form and composes with nothing.
    private const char Refused = '\uFFFE';

    private readonly NormalizationForm _form;

    /// <summary>Checks that the platform can normalize.</summary>
    /// <exception cref="PlatformNotSupportedException">The program runs without Unicode data, as InvariantGlobalization does.</exception>
    public UnicodeNormalizer(NormalizationForm form)
    {
        _form = form;
        string expected = form is NormalizationForm.FormC or NormalizationForm.FormKC ? "\u00E9" : "e\u0301";
        if (Apply("\u00E9") != expected || Apply("e\u0301") != expected)
        {
            throw new PlatformNotSupportedException(
                $"The tokenizer brings text into the normal form {form}, which the platform cannot do. "
                + "Install ICU and switch InvariantGlobalization off.");
        }
    }

    /// <inheritdoc/>
    public override string Normalize(string text) => text.Contains(Refused)
        ? string.Join(Refused, text.Split(Refused).Select(Apply))
        : Apply(text);

    private string Apply(string text) => Ascii.IsValid(text) ? text : text.Normalize(_form);
}
