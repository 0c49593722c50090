namespace Ibke.Runtime.Editing.Methods;

/// <summary>A way to change what a model knows: IBKE, or one of the published methods that it is compared with. Made for one model.</summary>
/// <remarks>Used by one thread at a time. The model's weights and its published version are never changed.</remarks>
public interface IEditMethod
{
    /// <summary>A short name for tables, such as <c>ibke</c>.</summary>
    string Name { get; }

    /// <summary>Computes what is in force when all of some edits are, and no others.</summary>
    /// <param name="requests">The edits; none gives the unedited model. Of two edits of one prompt both are computed: leave out the one that was replaced.</param>
    /// <param name="cancellationToken">Looked at between steps.</param>
    /// <returns>The caller's to dispose.</returns>
    /// <exception cref="ArgumentException">Question or answer of an edit is empty, contains special tokens, or is longer than the context.</exception>
    /// <exception cref="ArithmeticException">The model gives no finite loss for an edit.</exception>
    EditsInForce Apply(IReadOnlyList<EditRequest> requests, CancellationToken cancellationToken = default);
}
