namespace Ibke.Runtime.Editing.Methods;

/// <summary>The token of a prompt at which a fact is looked up, and so changed.</summary>
internal enum FactToken
{
    /// <summary>The last of the subject: there large models gather what they know of it, as causal tracing showed the authors of ROME.</summary>
    SubjectLast,

    /// <summary>The last of the prompt, from which the answer is read: there models of few layers look up facts.</summary>
    PromptLast,
}
