using Ibke.Runtime.Constraints;
using Ibke.Runtime.Constraints.Parsing;

namespace Ibke.Runtime.Tests.Constraints;

/// <summary>How JSON may be written.</summary>
public sealed class JsonTextTests
{
    private static readonly CompiledGrammar _any = MaskWalk.Compile("true");

    [Theory]
    [InlineData("{\"a\": 1, \"b\":[1,2, 3]}")]
    [InlineData("\"é\\u00e9\\n\\ud83d\\uDE00😀\\/\"")]
    [InlineData("-0.5")]
    [InlineData("1.5E+300")]
    [InlineData("123456789012345678")]
    public void Begin_WellFormedJson_IsAccepted(string text) => Assert.True(MaskWalk.Accepts(_any, text));

    [Theory]
    [InlineData(" {}")]
    [InlineData("{ }")]
    [InlineData("{\"a\" :1}")]
    [InlineData("{\"a\":  1}")]
    [InlineData("[1,\n2]")]
    [InlineData("\"a\nb\"")]
    [InlineData("\"\\ud83d\"")]
    [InlineData("\"\\ude00\"")]
    [InlineData("\"\\ud83dx\"")]
    [InlineData("\"\\x\"")]
    [InlineData("01")]
    [InlineData("1.")]
    [InlineData("1e999")]
    [InlineData("[1,]")]
    [InlineData("{\"a\":1,}")]
    public void Begin_OtherText_IsNot(string text) => Assert.False(MaskWalk.Accepts(_any, text));

    [Theory]
    [InlineData(new byte[] { 0xC0, 0x80 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xF4, 0x90, 0x80, 0x80 })]
    [InlineData(new byte[] { 0xE0, 0x80, 0x80 })]
    [InlineData(new byte[] { 0x80 })]
    [InlineData(new byte[] { 0xC3, 0x22 })]
    public void Begin_InvalidUtf8InAString_IsNot(byte[] bytes) =>
        Assert.True(ConstraintRun.Walk(_any.Begin(), [(byte)'"', .. bytes]).IsDead);

    [Fact]
    public void Begin_Nesting_IsBounded()
    {
        Assert.True(MaskWalk.Accepts(_any, new string('[', 60) + new string(']', 60)));
        Assert.False(MaskWalk.Accepts(_any, new string('[', 61) + new string(']', 61)));
    }

    [Theory]
    [InlineData("""{"type": "string", "maxLength": 2}""", "\"😀é\"", true)]
    [InlineData("""{"type": "string", "maxLength": 2}""", "\"\\ud83d\\ude00e\\u0301\"", false)]
    [InlineData("""{"type": "string", "pattern": "^\\p{Lu}.$"}""", "\"É😀\"", true)]
    [InlineData("""{"type": "string", "pattern": "^\\p{Lu}.$"}""", "\"\\u00c9x\"", true)]
    [InlineData("""{"type": "string", "pattern": "^\\p{Lu}.$"}""", "\"\\u00e9x\"", false)]
    [InlineData("""{"type": "string", "pattern": "^[^a\\n]$"}""", "\"\\u0061\"", false)]
    [InlineData("""{"properties": {"a": {}}, "additionalProperties": true}""", "{\"\\u0061\":1}", false)]
    [InlineData("""{"properties": {"a": {}}, "additionalProperties": true}""", "{\"b\":1}", true)]
    [InlineData("""{"properties": {"a": {}}}""", "{\"b\":1}", false)]
    [InlineData("""{"type": "string", "format": "date"}""", "\"2024-02-29\"", true)]
    [InlineData("""{"type": "string", "format": "date"}""", "\"2023-02-29\"", false)]
    [InlineData("""{"type": "string", "format": "date"}""", "\"1900-02-29\"", false)]
    [InlineData("""{"type": "integer", "minimum": 5, "maximum": 120}""", "120", true)]
    [InlineData("""{"type": "integer", "minimum": 5, "maximum": 120}""", "121", false)]
    [InlineData("""{"type": "integer", "minimum": 5, "maximum": 120}""", "4", false)]
    [InlineData("""{"type": "integer", "maximum": -100}""", "-99", false)]
    [InlineData("""{"type": "number", "minimum": -0.25, "maximum": 12.5}""", "-0.25", true)]
    [InlineData("""{"type": "number", "minimum": -0.25, "maximum": 12.5}""", "-0.250", true)]
    [InlineData("""{"type": "number", "minimum": -0.25, "maximum": 12.5}""", "-0.251", false)]
    [InlineData("""{"type": "number", "minimum": -0.25, "maximum": 12.5}""", "12.51", false)]
    [InlineData("""{"type": "number", "exclusiveMaximum": 12.5}""", "12.5", false)]
    [InlineData("""{"type": "number", "exclusiveMaximum": 12.5}""", "12.499", true)]
    [InlineData("""{"type": "integer", "minimum": -9223372036854775808, "maximum": 9223372036854775807}""", "9223372036854775807", true)]
    [InlineData("""{"type": "integer", "minimum": -9223372036854775808, "maximum": 9223372036854775807}""", "9223372036854775808", false)]
    [InlineData("""{"enum": ["ab", "abc", 1]}""", "\"abc\"", true)]
    [InlineData("""{"enum": ["ab", "abc", 1], "maxLength": 2, "type": "string"}""", "\"abc\"", false)]
    public void Begin_Schema_DecidesByCharacters(string schema, string text, bool accepted) =>
        Assert.Equal(accepted, MaskWalk.Accepts(MaskWalk.Compile(schema), text));

    [Fact]
    public void Pattern_PlainText_IsMatchedAsAWhole()
    {
        CompiledGrammar grammar = MaskWalk.Compile(TextConstraint.Pattern("^(yes|no)[.!]?$"));

        Assert.True(MaskWalk.Accepts(grammar, "yes!"));
        Assert.False(MaskWalk.Accepts(grammar, "maybe"));
        Assert.Throws<FormatException>(() => TextConstraint.Pattern("(?<=a)b"));
    }

    [Fact]
    public void Choice_Texts_AreTheOnlyOnes()
    {
        CompiledGrammar grammar = MaskWalk.Compile(TextConstraint.Choice("red", "reddish"));

        Assert.True(MaskWalk.Accepts(grammar, "reddish"));
        Assert.True(MaskWalk.Accepts(grammar, "red"));
        Assert.False(MaskWalk.Accepts(grammar, "redd"));
        Assert.Throws<ArgumentException>(() => TextConstraint.Choice());
    }
}
