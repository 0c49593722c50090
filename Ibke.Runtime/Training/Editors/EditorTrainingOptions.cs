using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Training.Editors;

/// <summary>How an editor is trained. Checked once, when training begins. A run that is resumed must have the same options, but for the counts of steps between reports.</summary>
public sealed record EditorTrainingOptions
{
    /// <summary>The form of the updates. Default: recall.</summary>
    public NeuronForm Form { get; init; } = NeuronForm.Recall;

    /// <summary>The dimensions that neurons of recall are found by. Default 64.</summary>
    public int KeySize { get; init; } = 64;

    /// <summary>The size of the latent of a token. Default 64.</summary>
    public int LatentSize { get; init; } = 64;

    /// <summary>The size of the network's own layers. Default 384.</summary>
    public int NetworkSize { get; init; } = 384;

    /// <summary>The most rounds of gradients an edit takes in use. 1 … 16, default 4.</summary>
    public int Rounds { get; init; } = 4;

    /// <summary>Steps of the optimizer. Default 1,000.</summary>
    public int Steps { get; init; } = 1000;

    /// <summary>Edits of a step, in force together. Default 32.</summary>
    public int Group { get; init; } = 32;

    /// <summary>Earlier edits that stay in force beside those of a step, as they were computed then. 0 … , default 0.</summary>
    public int Background { get; init; }

    /// <summary>The relations that most groups are taken from, so that their edits share wording. Default 4.</summary>
    public int RelationsOfGroup { get; init; } = 4;

    /// <summary>The share of groups that are taken from few relations. Default 0.8.</summary>
    public double RelatedGroups { get; init; } = 0.8;

    /// <summary>The share of edits whose answer is replaced by that of another edit of the relation. Default 0.5.</summary>
    public double ExchangedAnswers { get; init; } = 0.5;

    /// <summary>Rephrasings of an edit in a step. Default 2.</summary>
    public int Rephrasings { get; init; } = 2;

    /// <summary>The share of rephrasings, and of prompts whose answers must stay, that are statements to complete, where a case has some. Default 0.5.</summary>
    public double Statements { get; init; } = 0.5;

    /// <summary>Prompts of an edit in a step whose answers must stay. Default 2.</summary>
    public int Locality { get; init; } = 2;

    /// <summary>Conversations of a step that end with a question for an edit. Default 5.</summary>
    public int Conversations { get; init; } = 5;

    /// <summary>Conversations and texts of a step that must stay. Default 8.</summary>
    public int KeptConversations { get; init; } = 8;

    /// <summary>The most tokens of a conversation that is trained on; longer ones are left out. Default 224.</summary>
    public int LongestConversation { get; init; } = 224;

    /// <summary>The share of steps with a second round of gradients. Default 0.6.</summary>
    public double SecondRounds { get; init; } = 0.6;

    /// <summary>The weights of the losses.</summary>
    public EditorLossWeights Weights { get; init; } = new();

    /// <summary>The peak learning rate. Default 1e-3.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>The factor of the learning rate of the layers' step sizes. Default 5.</summary>
    public double StepSizeRate { get; init; } = 5;

    /// <summary>Steps over which the learning rate rises. Default 30.</summary>
    public int WarmUpSteps { get; init; } = 30;

    /// <summary>The share of the peak that the learning rate falls to, along a cosine. Default 0.03.</summary>
    public double FinalRate { get; init; } = 0.03;

    /// <summary>The largest norm of all gradients together. Default 1.</summary>
    public float ClipNorm { get; init; } = 1;

    /// <summary>The bias that thresholds start from, before the sigmoid. Default: 1 in recall, 0 in the other forms.</summary>
    public float? InitialThreshold { get; init; }

    /// <summary>Decides every draw. Default 0.</summary>
    public int Seed { get; init; }

    /// <summary>Steps between two looks at held-out edits; 0 for the end only. Default 250.</summary>
    public int ValidationInterval { get; init; } = 250;

    /// <summary>The held-out edits that are in force together when looked at. Default 64.</summary>
    public int ValidationEdits { get; init; } = 64;

    /// <summary>Steps between two checkpoints. Default 100.</summary>
    public int CheckpointInterval { get; init; } = 100;

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of its range; says which.</exception>
    internal EditorTrainingOptions Validate()
    {
        AtLeast(1, (LatentSize, nameof(LatentSize)), (KeySize, nameof(KeySize)), (NetworkSize, nameof(NetworkSize)), (Steps, nameof(Steps)), (Group, nameof(Group)),
            (Rounds, nameof(Rounds)), (RelationsOfGroup, nameof(RelationsOfGroup)), (LongestConversation, nameof(LongestConversation)),
            (CheckpointInterval, nameof(CheckpointInterval)), (ValidationEdits, nameof(ValidationEdits)));
        AtLeast(0, (Background, nameof(Background)), (Rephrasings, nameof(Rephrasings)), (Locality, nameof(Locality)),
            (Conversations, nameof(Conversations)), (KeptConversations, nameof(KeptConversations)), (WarmUpSteps, nameof(WarmUpSteps)),
            (ValidationInterval, nameof(ValidationInterval)));
        foreach ((double share, string name) in new[]
        {
            (RelatedGroups, nameof(RelatedGroups)), (ExchangedAnswers, nameof(ExchangedAnswers)), (Statements, nameof(Statements)),
            (SecondRounds, nameof(SecondRounds)), (FinalRate, nameof(FinalRate)),
        })
        {
            Require(share is >= 0 and <= 1, name, share, "between 0 and 1");
        }

        Require(LearningRate > 0 && double.IsFinite(LearningRate), nameof(LearningRate), LearningRate, "positive");
        Require(StepSizeRate >= 0 && double.IsFinite(StepSizeRate), nameof(StepSizeRate), StepSizeRate, "0 or more");
        Require(ClipNorm > 0, nameof(ClipNorm), ClipNorm, "positive");
        Require(Rounds <= 16, nameof(Rounds), Rounds, "at most 16");
        return this;
    }

    private static void AtLeast(int least, params ReadOnlySpan<(int Value, string Name)> options)
    {
        foreach ((int value, string name) in options)
        {
            Require(value >= least, name, value, $"at least {least}");
        }
    }

    private static void Require(bool holds, string name, object value, string demand)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(name, value, $"Must be {demand}.");
        }
    }
}

/// <summary>
/// The weights of the losses: <c>edit · CE(edit) + generality · CE(rephrasings) + conversations · CE(at the end of conversations)
/// + locality · KL(unrelated answers) + keptConversations · KL(unrelated conversations) + latent · KL(q(z) ‖ N(0, 1))</c>.
/// </summary>
/// <param name="Edit">Of the edit's own prompt.</param>
/// <param name="Generality">Of rephrasings: sufficiency for generality (SG).</param>
/// <param name="Conversations">Of rephrasings at the end of conversations (SG too).</param>
/// <param name="Locality">λ, of prompts whose answers must stay: independence for locality (IL).</param>
/// <param name="KeptConversations">Of conversations whose replies must stay (IL too).</param>
/// <param name="Latent">β, of what the latent keeps of the edit: information transfer minimisation (ITM).</param>
public sealed record EditorLossWeights(
    double Edit = 0.5, double Generality = 1, double Conversations = 0.5, double Locality = 1, double KeptConversations = 0.5, double Latent = 1e-3);
