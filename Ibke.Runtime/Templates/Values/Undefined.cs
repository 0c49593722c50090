namespace Ibke.Runtime.Templates.Values;

/// <summary>
/// The value of what does not exist: it prints as nothing, is false and empty, and any use that needs a value fails with <see cref="Reason"/>.
/// </summary>
internal sealed class Undefined(string reason)
{
    public string Reason => reason;

    public static Undefined Variable(string name) => new($"'{name}' is undefined");

    public TemplateException Error() => new(reason);
}
