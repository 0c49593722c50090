namespace Ibke.Runtime.Training.Schedules;

/// <summary>A value that changes at given steps of a run and is constant in between.</summary>
public sealed class StepValues
{
    private readonly (int Until, double Value)[] _pieces;

    /// <summary>One value for all steps.</summary>
    public StepValues(double value) => _pieces = [(int.MaxValue, value)];

    /// <summary>Values that follow each other.</summary>
    /// <param name="pieces">Each holds for the steps below its end that the pieces before it leave; the last has no end.</param>
    /// <exception cref="ArgumentException">There are none, an end but the last's is missing, or the ends do not rise.</exception>
    public StepValues(IEnumerable<(int? Until, double Value)> pieces)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        _pieces = [.. pieces.Select(piece => (piece.Until ?? int.MaxValue, piece.Value))];
        if (_pieces.Length == 0 || _pieces[^1].Until != int.MaxValue)
        {
            throw new ArgumentException("The last piece must have no end.", nameof(pieces));
        }

        for (int i = 0; i < _pieces.Length; i++)
        {
            if (_pieces[i].Until <= (i == 0 ? 0 : _pieces[i - 1].Until))
            {
                throw new ArgumentException($"Piece {i + 1} ends at step {_pieces[i].Until}, not after the one before it.", nameof(pieces));
            }
        }
    }

    /// <summary>The pieces in their order; the last has no end.</summary>
    public IEnumerable<(int? Until, double Value)> Pieces =>
        _pieces.Select(piece => (piece.Until == int.MaxValue ? default(int?) : piece.Until, piece.Value));

    /// <summary>The values in their order.</summary>
    public IEnumerable<double> Values => _pieces.Select(piece => piece.Value);

    /// <summary>The value at a step.</summary>
    /// <param name="step">From 0.</param>
    public double At(int step) => Array.Find(_pieces, piece => step < piece.Until).Value;
}
