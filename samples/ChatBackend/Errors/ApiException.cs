namespace Ibke.Samples.ChatBackend.Errors;

/// <summary>A request is answered with an error in OpenAI's form.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="type">OpenAI's sort of error, such as <c>invalid_request_error</c>.</param>
/// <param name="message">For people.</param>
/// <param name="param">The part of the request that is wrong; null where it is none.</param>
/// <param name="code">For programs; null where there is none.</param>
internal sealed class ApiException(int status, string type, string message, string? param = null, string? code = null) : Exception(message)
{
    /// <summary>Seconds after which it may be tried again; null where that would not help.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>The HTTP status.</summary>
    public int Status => status;

    /// <summary>As OpenAI writes it.</summary>
    public ErrorBody Body => new(new ErrorDetail(Message, type, param, code));

    /// <summary>The request itself is wrong.</summary>
    public static ApiException Invalid(string message, string? param = null, string? code = null) =>
        new(StatusCodes.Status400BadRequest, "invalid_request_error", message, param, code);

    /// <summary>The caller is not known.</summary>
    public static ApiException Unauthorized(string message) =>
        new(StatusCodes.Status401Unauthorized, "invalid_request_error", message, null, "invalid_api_key");

    /// <summary>The caller may not do that.</summary>
    public static ApiException Forbidden(string message) =>
        new(StatusCodes.Status403Forbidden, "permission_error", message, null, "insufficient_permissions");

    /// <summary>There is no such thing.</summary>
    public static ApiException NotFound(string message, string? param = null, string? code = null) =>
        new(StatusCodes.Status404NotFound, "invalid_request_error", message, param, code);

    /// <summary>It cannot be done now.</summary>
    public static ApiException Unavailable(string message) =>
        new(StatusCodes.Status503ServiceUnavailable, "server_error", message, null, "unavailable");
}

/// <summary>The body of an error.</summary>
internal sealed record ErrorBody(ErrorDetail Error);

/// <summary>What an error says.</summary>
internal sealed record ErrorDetail(string Message, string Type, string? Param, string? Code);
