namespace Rekindle.Conformance.Tests;

/// <summary>Tests that train real models use every core; they run by themselves, so that the others keep to their time limits.</summary>
[CollectionDefinition(nameof(RealTrainings), DisableParallelization = true)]
public sealed class RealTrainings;
