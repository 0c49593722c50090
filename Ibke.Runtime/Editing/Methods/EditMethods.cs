using System.Globalization;
using Ibke.Runtime.Editing.Cases;
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
    private readonly IReadOnlyList<EditCase> _trainingCases;
    private readonly Dictionary<string, MendNetwork> _trained = new(StringComparer.Ordinal);

    /// <summary>Prepares the methods of a model.</summary>
    /// <param name="model">Must have a chat template, and outlive the methods.</param>
    /// <param name="editorFolder">The trained IBKE editor; null for the model's own folder.</param>
    /// <param name="referenceText">
    /// Ordinary text, as token sequences, for methods that leave the model as it is on such: best some tens of thousands of tokens of what the model reads and writes.
    /// Null for the little that the model's card says.
    /// </param>
    /// <param name="trainingCases">Edits that MEND is trained on when it is first made; null for none, and then without MEND.</param>
    /// <exception cref="InvalidOperationException">The model has no chat template.</exception>
    public EditMethods(
        LanguageModel model, string? editorFolder = null, IReadOnlyList<ReadOnlyMemory<int>>? referenceText = null, IReadOnlyList<EditCase>? trainingCases = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        _editorFolder = editorFolder;
        _trainingCases = trainingCases ?? [];
        _edited = new EditedModel(model, referenceText);
    }

    /// <summary>The name of the method that needs training cases.</summary>
    public const string Mend = "mend";

    /// <summary>The names of all methods.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["ibke", "ft-m", "rome", "memit", "alphaedit", "ultraedit", Mend, "in-context", "in-context-all"];

    private int Layers => _model.Config.Layers;

    // Where facts are looked up, by the published methods: at the end of the subject in early layers, which later ones still read. That holds of models
    // of many layers; in those of few, what an early layer gives there hardly reaches the answer, and the end of the prompt in the middle layers tells.
    private FactToken[] Tokens => Layers < 12 ? [FactToken.PromptLast, FactToken.SubjectLast] : [FactToken.SubjectLast, FactToken.PromptLast];

    private (FactToken Token, int Layer)[] Places => [.. Tokens.SelectMany(token => PlacesAt(token).Distinct().Select(layer => (token, layer)))];

    private (FactToken Token, int[] Layers)[] Ranges => [.. Tokens.SelectMany(token => RangesAt(token).DistinctBy(Text).Select(layers => (token, layers)))];

    private int[] LateLayers => [.. new[] { 2 * Layers / 3, Layers / 3, Layers / 2 }.Distinct()];

    private int[] PlacesAt(FactToken token) => token == FactToken.SubjectLast
        ? [Layers / 6, 0, Layers / 3]
        : [Layers / 2, 2 * Layers / 3, Layers / 3];

    private int[][] RangesAt(FactToken token) => token == FactToken.SubjectLast
        ? [.. PlacesAt(token).Select(last => Range(Math.Max(0, last - 2), last))]
        : [Range(Layers / 2, 2 * Layers / 3), Range(Layers / 3, Layers / 2), Range(Layers / 3, 2 * Layers / 3)];

    private static int[] Range(int first, int last) => [.. Enumerable.Range(first, last - first + 1)];

    /// <summary>The settings of a method that are worth a trial; the first is the default.</summary>
    /// <exception cref="ArgumentException">There is no method of that name.</exception>
    public IReadOnlyList<EditMethodChoice> Choices(string name) => name switch
    {
        "ibke" => [new("trained editor", () => IbkeMethod.Load(_model, _editorFolder))],
        "ft-m" => [.. LateLayers.SelectMany(layer => FineTuning(layer))],
        "rome" => [.. new[] { 0.01, 0.1 }.SelectMany(ridge => Places.Select(place => Rome(place.Token, place.Layer, ridge)))],
        "memit" => [.. new[] { 0.2, 1, 0.05 }.SelectMany(weight => Ranges.Select(place => Memit(place.Token, place.Layers, weight)))],
        "alphaedit" => [.. new[] { (1, 0.03), (1, 0.1), (0.3, 0.03) }.SelectMany(choice => Ranges.Select(place => AlphaEdit(place.Token, place.Layers, choice)))],
        "ultraedit" => [.. UltraEdit([.. Enumerable.Range(Layers / 3, Layers - (Layers / 3))]), .. UltraEdit([.. Enumerable.Range(0, Layers)])],
        Mend => [.. new[] { 0.3f, 1 }.Select(TrainedMend)],
        "in-context" => [.. Introductions.Select(introduction => InContext(1, introduction))],
        "in-context-all" => [.. Introductions.Select(introduction => InContext(null, introduction))],
        _ => throw new ArgumentException($"There is no editing method '{name}'. Known are {string.Join(", ", Names)}.", nameof(name)),
    };

    // How a model reads facts best depends on what it was trained on.
    private static string[] Introductions => ["Given:", "Facts:", "New information:", "Assume this:"];

    private EditMethodChoice InContext(int? facts, string introduction) => new(
        $"{(facts is null ? "all" : "nearest")}, \"{introduction}\"",
        () => new InContextMethod(_edited, new InContextSettings { Facts = facts, Introduction = introduction }));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Text(IEnumerable<int> layers) => string.Join('-', layers);

    // As the paper: the last layers.
    private EditMethodChoice TrainedMend(float step)
    {
        string name = Text($"layers {Layers / 2} to {Layers - 1}, step {step}");
        return new EditMethodChoice(name, () => new MendMethod(_edited, Trained()));

        MendNetwork Trained()
        {
            if (!_trained.TryGetValue(name, out MendNetwork? network))
            {
                MendSettings settings = new() { Layers = [.. Enumerable.Range(Layers / 2, Layers - (Layers / 2))], Step = step };
                network = new MendTraining(_edited, settings, _trainingCases).Run(CancellationToken.None);
                _trained.Add(name, network);
            }

            return network;
        }
    }

    private IEnumerable<EditMethodChoice> FineTuning(int layer) =>
        new[] { (5e-3f, 0.2f), (3e-3f, 0.1f), (3e-3f, 0.05f) }.Select(choice => new EditMethodChoice(
            Text($"layer {layer}, rate {choice.Item1}, limit {choice.Item2}"),
            () => new FineTuningMethod(_edited, new FineTuningSettings { Layer = layer, Rate = choice.Item1, Limit = choice.Item2 })));

    private static string Text(FactToken token) => token == FactToken.SubjectLast ? "end of subject" : "end of prompt";

    private EditMethodChoice Rome(FactToken token, int layer, double ridge) => new(
        Text($"{Text(token)}, layer {layer}, ridge {ridge}"),
        () => new RomeMethod(_edited, new RomeSettings { Layer = layer, Ridge = ridge, Target = new TargetSettings { Token = token } }));

    private EditMethodChoice Memit(FactToken token, int[] layers, double weight) => new(
        Text($"{Text(token)}, layers {Text(layers)}, weight {weight}"),
        () => new MemitMethod(_edited, new MemitSettings { Layers = layers, Weight = weight, Target = new TargetSettings { Token = token } }));

    private EditMethodChoice AlphaEdit(FactToken token, int[] layers, (double Threshold, double Ridge) choice) => new(
        Text($"{Text(token)}, layers {Text(layers)}, threshold {choice.Threshold}, ridge {choice.Ridge}"),
        () => new AlphaEditMethod(_edited, new AlphaEditSettings
        {
            Layers = layers, Threshold = choice.Threshold, Ridge = choice.Ridge, Target = new TargetSettings { Token = token },
        }));

    private IEnumerable<EditMethodChoice> UltraEdit(int[] layers) => new[] { (0.4, true), (0.2, true), (0.6, true), (0.2, false) }.Select(choice => new EditMethodChoice(
        Text($"layers {Text(layers)}, rate {choice.Item1}, {(choice.Item2 ? "answers" : "from the subject on")}"),
        () => new UltraEditMethod(_edited, new UltraEditSettings { Layers = layers, Rate = choice.Item1, AnswersOnly = choice.Item2 })));
}
