using System.Globalization;
using Ibke.Runtime.Models;

namespace Ibke.Runtime.Editing.Methods;

/// <summary>A method with one choice of its settings.</summary>
/// <param name="Settings">The choice, for people, such as <c>layer 3, rate 0.001</c>; different for each of a method.</param>
/// <param name="Create">Makes the method.</param>
public sealed record EditMethodChoice(string Settings, Func<IEditMethod> Create);

/// <summary>The methods of editing that a model can be edited by, each with the settings that are worth a trial.</summary>
/// <remarks>Used by one thread at a time, as are the methods: they share what they compute of the model.</remarks>
public sealed class EditMethods
{
    private readonly LanguageModel _model;
    private readonly string? _editorFolder;
    private readonly EditedModel _edited;

    /// <summary>Prepares the methods of a model.</summary>
    /// <param name="model">Must have a chat template, and outlive the methods.</param>
    /// <param name="editorFolder">The trained IBKE editor; null for the model's own folder.</param>
    /// <param name="referenceText">Ordinary text, for methods that leave the model as it is on such; null for what the model's card says.</param>
    /// <exception cref="InvalidOperationException">The model has no chat template.</exception>
    public EditMethods(LanguageModel model, string? editorFolder = null, IReadOnlyList<string>? referenceText = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        _editorFolder = editorFolder;
        _edited = new EditedModel(model, referenceText);
    }

    /// <summary>The names of all methods.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["ibke", "ft-m", "rome", "memit", "alphaedit", "ultraedit", "in-context", "in-context-all"];

    private int Layers => _model.Config.Layers;

    // Layers by their place in the model. Methods that write at the subject's last token need early ones, which later layers still read.
    private int[] EarlyLayers => [.. new[] { 0, Layers / 6, Layers / 3 }.Distinct()];

    private int[] LateLayers => [.. new[] { 2 * Layers / 3, Layers / 3, Layers / 2 }.Distinct()];

    // Ranges that end in early layers.
    private int[][] EarlyRanges => [.. EarlyLayers.Select(last => Enumerable.Range(Math.Max(0, last - 2), Math.Min(3, last + 1)).ToArray())];

    /// <summary>The settings of a method that are worth a trial; the first is the default.</summary>
    /// <exception cref="ArgumentException">There is no method of that name.</exception>
    public IReadOnlyList<EditMethodChoice> Choices(string name) => name switch
    {
        "ibke" => [new("trained editor", () => IbkeMethod.Load(_model, _editorFolder))],
        "ft-m" => [.. LateLayers.SelectMany(layer => FineTuning(layer))],
        "rome" => [.. EarlyLayers.SelectMany(layer => Rome(layer))],
        "memit" => [.. EarlyRanges.SelectMany(layers => Memit(layers))],
        "alphaedit" => [.. EarlyRanges.SelectMany(layers => AlphaEdit(layers))],
        "ultraedit" => [.. UltraEdit([.. Enumerable.Range(Layers / 3, Layers - (Layers / 3))]), .. UltraEdit([.. Enumerable.Range(0, Layers)])],
        "in-context" => [.. new[] { 1, 3 }.Select(facts => new EditMethodChoice(
            $"nearest {facts}", () => new InContextMethod(_edited, new InContextSettings { Facts = facts })))],
        "in-context-all" => [new("all facts", () => new InContextMethod(_edited, new InContextSettings { Facts = null }))],
        _ => throw new ArgumentException($"There is no editing method '{name}'. Known are {string.Join(", ", Names)}.", nameof(name)),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Text(IEnumerable<int> layers) => string.Join('-', layers);

    private IEnumerable<EditMethodChoice> FineTuning(int layer) =>
        new[] { (3e-3f, 0.05f), (5e-3f, 0.2f), (1e-3f, 0.03f) }.Select(choice => new EditMethodChoice(
            Text($"layer {layer}, rate {choice.Item1}, limit {choice.Item2}"),
            () => new FineTuningMethod(_edited, new FineTuningSettings { Layer = layer, Rate = choice.Item1, Limit = choice.Item2 })));

    private IEnumerable<EditMethodChoice> Rome(int layer) => new[] { 0.01, 0.1, 0.001 }.Select(ridge => new EditMethodChoice(
        Text($"layer {layer}, ridge {ridge}"), () => new RomeMethod(_edited, new RomeSettings { Layer = layer, Ridge = ridge })));

    private IEnumerable<EditMethodChoice> Memit(int[] layers) => new[] { 1, 0.1, 10 }.Select(weight => new EditMethodChoice(
        Text($"layers {Text(layers)}, weight {weight}"), () => new MemitMethod(_edited, new MemitSettings { Layers = layers, Weight = weight })));

    private IEnumerable<EditMethodChoice> AlphaEdit(int[] layers) => new[] { 0.1, 0.02, 0.3 }.Select(threshold => new EditMethodChoice(
        Text($"layers {Text(layers)}, threshold {threshold}"),
        () => new AlphaEditMethod(_edited, new AlphaEditSettings { Layers = layers, Threshold = threshold })));

    private IEnumerable<EditMethodChoice> UltraEdit(int[] layers) => new[] { (0.2, false), (0.1, false), (0.4, false), (0.2, true) }.Select(choice => new EditMethodChoice(
        Text($"layers {Text(layers)}, rate {choice.Item1}, {(choice.Item2 ? "answers" : "from the subject on")}"),
        () => new UltraEditMethod(_edited, new UltraEditSettings { Layers = layers, Rate = choice.Item1, AnswersOnly = choice.Item2 })));
}
