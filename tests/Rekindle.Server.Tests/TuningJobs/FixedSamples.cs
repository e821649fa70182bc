using CsCheck;

namespace Rekindle.Server.Tests.TuningJobs;

/// <summary>Samples of a generator that are the same in every run.</summary>
internal static class FixedSamples
{
    private const int Count = 1000;

    public static void ForEach<T>(this Gen<T> generator, Action<T> check)
    {
        var random = new PCG(7, 20181001);
        for (var number = 0; number < Count; number++)
        {
            check(generator.Generate(random, null, out _));
        }
    }
}
