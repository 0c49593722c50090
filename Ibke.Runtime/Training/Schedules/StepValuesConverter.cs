using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ibke.Runtime.Training.Schedules;

/// <summary><see cref="StepValues"/> in JSON: a number, or pieces <c>[{"until": 300, "value": 0.48}, {"value": 0.12}]</c>.</summary>
internal sealed class StepValuesConverter : JsonConverter<StepValues>
{
    private sealed record Piece(int? Until, double Value);

    /// <inheritdoc/>
    public override StepValues Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            return new StepValues(reader.GetDouble());
        }

        Piece[] pieces = JsonSerializer.Deserialize<Piece[]>(ref reader, options) ?? [];
        if (pieces.Contains(null))
        {
            throw new JsonException("A piece of a share is null. Leave it out.");
        }

        try
        {
            return new StepValues(pieces.Select(piece => (piece.Until, piece.Value)));
        }
        catch (ArgumentException e)
        {
            throw new JsonException($"{e.Message} Give a number, or pieces such as [{{\"until\": 300, \"value\": 0.48}}, {{\"value\": 0.12}}].", e);
        }
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, StepValues value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value.Pieces.Select(piece => new Piece(piece.Until, piece.Value)), options);
}
