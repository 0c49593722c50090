using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ibke.Samples.ChatBackend.Errors;
using Microsoft.AspNetCore.Http.Features;

namespace Ibke.Samples.ChatBackend;

/// <summary>The JSON of requests and answers: snake case, and what is wrong is named.</summary>
internal static class ApiJson
{
    /// <summary>How it is read and written.</summary>
    public static JsonSerializerOptions Options { get; } = Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    /// <summary>Sets options as the ones here.</summary>
    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        // A drift that is not a number is an outcome too.
        options.NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new JsonElementConverter());
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
        return options;
    }

    /// <summary>Reads the body of a request.</summary>
    /// <exception cref="ApiException">It is no JSON, or not of that form; names the place.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext context)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<T>(context.Request.Body, Options, context.RequestAborted)
                ?? throw ApiException.Invalid("The body must be a JSON object, not null.");
        }
        catch (JsonException error)
        {
            string? place = error.Path is { Length: > 2 } path && path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : null;
            throw ApiException.Invalid(
                place is null ? "The body is not the JSON object that is expected here." : $"The body cannot be read at '{place}': wrong type or value.", place);
        }
        catch (InvalidOperationException)
        {
            throw ApiException.Invalid("The body is not valid UTF-8.");
        }
    }

    /// <summary>The same where the body may be left out.</summary>
    /// <exception cref="ApiException">There is one, and it cannot be read.</exception>
    public static async Task<T> ReadOptionalAsync<T>(HttpContext context)
        where T : new() =>
        context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true && context.Request.ContentLength != 0
            ? await ReadAsync<T>(context)
            : new T();
}
