using Rekindle.Optimization;

namespace Rekindle.Bench.WarmStarts;

/// <summary>One way to run the child of a pair.</summary>
/// <param name="Name">Its name in tables and files.</param>
/// <param name="Budget">The child's evaluations.</param>
/// <param name="Type">What is claimed about the parent; null for a cold start.</param>
/// <param name="Flipped">Whether the parent's values are negated.</param>
internal sealed record WarmMode(string Name, int Budget, WarmStartType? Type, bool Flipped)
{
    /// <summary>The child's budget in the recorded runs.</summary>
    public const int Budget20 = 20;

    /// <summary>Long enough to see whether a misleading parent is a lasting loss.</summary>
    public const int Budget40 = 40;

    public static WarmMode Cold { get; } = new("cold", Budget20, null, Flipped: false);

    public static WarmMode Identical { get; } = new("identical", Budget20, WarmStartType.IdenticalDataAndAlgorithm, Flipped: false);

    public static WarmMode Transfer { get; } = new("transfer", Budget20, WarmStartType.TransferLearning, Flipped: false);

    public static WarmMode LongCold { get; } = new("cold40", Budget40, null, Flipped: false);

    public static WarmMode FlippedIdentical { get; } = new("flipped-identical", Budget40, WarmStartType.IdenticalDataAndAlgorithm, Flipped: true);

    public static WarmMode FlippedTransfer { get; } = new("flipped-transfer", Budget40, WarmStartType.TransferLearning, Flipped: true);

    /// <summary>What is run on a pair. Different tasks are never declared identical, except with flipped parents, to see the guard.</summary>
    public static IEnumerable<WarmMode> For(WarmPair pair) => pair.Identical
        ? [Cold, Identical, Transfer, LongCold, FlippedIdentical, FlippedTransfer]
        : [Cold, Transfer, LongCold, FlippedIdentical, FlippedTransfer];
}
