namespace Rekindle.Optimization;

/// <summary>
/// The randomness of one suggestion. The upper 44 bits name the job's stream, the lower 20 the suggestion's index, so a batch started
/// at index k draws exactly what single calls at k, k+1, … would draw.
/// </summary>
/// <param name="Value">Stream and index in one number; any value is allowed.</param>
public readonly record struct Seed(ulong Value)
{
    private const int IndexBits = 20;
    private const ulong IndexMask = (1UL << IndexBits) - 1;

    /// <summary>The seed of one suggestion of a job.</summary>
    /// <param name="jobSeed">The job's seed; every number is a seed, 0 too.</param>
    /// <param name="index">The suggestion's index in the job.</param>
    public static Seed For(long jobSeed, int index) =>
        new((Mixing.Mix(unchecked((ulong)jobSeed)) & ~IndexMask) | ((ulong)index & IndexMask));

    /// <summary>The seed of a later suggestion of the same job.</summary>
    /// <param name="steps">How many suggestions later.</param>
    public Seed Next(int steps = 1) => new((Value & ~IndexMask) | ((Value + (ulong)steps) & IndexMask));

    /// <summary>A number that is the same for all suggestions of a job.</summary>
    internal ulong Stream => Value & ~IndexMask;
}
