using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Training.Editors;

/// <summary>Prompts after each other in one pass, and where in it the looked-at tokens of some of them are.</summary>
internal sealed class PromptRows
{
    private readonly IReadOnlyList<ScoredPrompt> _prompts;
    private readonly int[] _starts;

    /// <summary>Lays the prompts out.</summary>
    public PromptRows(IReadOnlyList<ScoredPrompt> prompts)
    {
        _prompts = prompts;
        _starts = new int[prompts.Count];
        for (int i = 1; i < _starts.Length; i++)
        {
            _starts[i] = _starts[i - 1] + prompts[i - 1].Inputs.Length;
        }

        Ids = [.. prompts.SelectMany(prompt => prompt.Inputs)];
        Sequences = [.. prompts.Select(prompt => new SequenceRows(prompt.Inputs.Length))];
    }

    /// <summary>The tokens of all prompts.</summary>
    public int[] Ids { get; }

    /// <summary>The prompts.</summary>
    public SequenceRows[] Sequences { get; }

    /// <summary>The rows of the pass that predict the targets of all prompts.</summary>
    public int[] LookedAt => [.. _prompts.SelectMany((prompt, i) => prompt.Rows.Select(row => _starts[i] + row))];

    /// <summary>The looked-at tokens of the prompts of a role; each prompt counts the same.</summary>
    /// <returns>Rows of the pass, wanted tokens, and the part that each token has in the mean over prompts of their means over tokens.</returns>
    public (int[] Rows, int[] Targets, float[] Weights) Of(PromptRole role)
    {
        int[] own = [.. Enumerable.Range(0, _prompts.Count).Where(i => _prompts[i].Role == role)];
        return (
            [.. own.SelectMany(i => _prompts[i].Rows.Select(row => _starts[i] + row))],
            [.. own.SelectMany(i => _prompts[i].Targets)],
            [.. own.SelectMany(i => Enumerable.Repeat(1f / (own.Length * _prompts[i].Targets.Length), _prompts[i].Targets.Length))]);
    }
}
