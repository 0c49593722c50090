using System.Diagnostics;
using System.Runtime.CompilerServices;
using Ibke.Runtime.Templates.Values;

namespace Ibke.Runtime.Templates;

/// <summary>
/// What one rendering may use, so that a hostile template ends in an error instead of filling memory or never ending: steps, depth, text
/// and time.
/// </summary>
internal sealed class RenderBudget(CancellationToken cancellationToken)
{
    /// <summary>Evaluated expressions, loop rounds, and items and characters made.</summary>
    public const long MaximumSteps = 10_000_000;

    /// <summary>Expressions, macros and values inside one another.</summary>
    public const int MaximumDepth = 400;

    /// <summary>UTF-16 units of any text.</summary>
    public const long MaximumLength = 8_000_000;

    /// <summary>The longest a rendering takes, whatever its steps cost.</summary>
    public static readonly TimeSpan MaximumTime = TimeSpan.FromSeconds(20);

    private readonly long _started = Stopwatch.GetTimestamp();
    private long _steps;
    private long _nextCheck = 1024;
    private int _depth;

    /// <summary>Counts work.</summary>
    /// <exception cref="TemplateException">The template does too much.</exception>
    /// <exception cref="OperationCanceledException">The rendering was cancelled.</exception>
    public void Charge(long steps)
    {
        _steps += steps;
        if (_steps > MaximumSteps)
        {
            throw new TemplateException($"the template did not end within {MaximumSteps} steps");
        }

        if (_steps >= _nextCheck)
        {
            _nextCheck = _steps + 1024;
            cancellationToken.ThrowIfCancellationRequested();
            if (Stopwatch.GetElapsedTime(_started) > MaximumTime)
            {
                throw new TemplateException($"the template did not end within {MaximumTime.TotalSeconds} seconds");
            }
        }
    }

    /// <summary>Checks a text before it is made.</summary>
    /// <exception cref="TemplateException">The text is too long.</exception>
    public void CheckLength(long length)
    {
        if (length > MaximumLength)
        {
            throw new TemplateException($"the template makes a text of more than {MaximumLength} characters");
        }
    }

    /// <summary>Checks a text before it is made, and counts the work of making it.</summary>
    /// <exception cref="TemplateException">The text is too long, or the template does too much.</exception>
    public void ChargeText(long length)
    {
        CheckLength(length);
        Charge(length / 16);
    }

    /// <summary>Counts the work of reading a value once; only long texts cost more than nothing.</summary>
    /// <exception cref="TemplateException">The template does too much.</exception>
    public void ChargeReading(object? value) => Charge(SafeText.Unmark(value) is string text ? text.Length / 16 : 0);

    /// <summary>Counts the work of multiplying, dividing, reading or writing a whole number, which grows with the square of its length.</summary>
    /// <exception cref="TemplateException">The template does too much.</exception>
    public void ChargeNumber(long bits) => Charge(1 + (bits / 64 * (bits / 64) / 64));

    /// <summary>Counts the work of seeking a part in a text, which at worst compares the part at every place.</summary>
    /// <exception cref="TemplateException">The template does too much.</exception>
    public void ChargeSearch(string text, string part) =>
        Charge((text.Length / 16) + (Math.Max(0L, text.Length - part.Length) * part.Length / 4096));

    /// <summary>Goes one level deeper; <see cref="Leave"/> goes back.</summary>
    /// <exception cref="TemplateException">The nesting is too deep.</exception>
    public void Enter()
    {
        if (++_depth > MaximumDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new TemplateException($"macros, loops or values are nested deeper than {MaximumDepth}");
        }
    }

    /// <summary>Ends what <see cref="Enter"/> began.</summary>
    public void Leave() => _depth--;
}
