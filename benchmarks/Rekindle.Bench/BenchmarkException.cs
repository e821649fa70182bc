namespace Rekindle.Bench;

/// <summary>A benchmark can't run, or what it ran did not do what is measured.</summary>
internal sealed class BenchmarkException(string message) : Exception(message);
