namespace Rekindle.Algorithms.Tests;

/// <summary>A log that asks its training to stop as soon as a line has a text in it.</summary>
internal sealed class StoppingWriter(string text) : StringWriter
{
    private readonly CancellationTokenSource _stop = new();

    public CancellationToken Token => _stop.Token;

    public override void WriteLine(string? value)
    {
        base.WriteLine(value);
        if (value?.Contains(text, StringComparison.Ordinal) is true) _stop.Cancel();
    }

    protected override void Dispose(bool disposing)
    {
        _stop.Dispose();
        base.Dispose(disposing);
    }
}
