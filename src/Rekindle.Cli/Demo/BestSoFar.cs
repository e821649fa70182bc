using Rekindle.Cli.Watching;

namespace Rekindle.Cli.Demo;

/// <summary>How the best objective of a tuning job grew, training job by training job in the order of their launch.</summary>
/// <param name="Name">The tuning job.</param>
/// <param name="Values">The objective of each training job; null where there is none.</param>
/// <param name="Maximize">Whether more is better.</param>
internal sealed record BestSoFar(string Name, IReadOnlyList<double?> Values, bool Maximize)
{
    public static BestSoFar Of(TuningPicture picture) =>
        new(picture.Name, [.. picture.TrainingJobs.Select(job => job.Final)], picture.Maximize);

    /// <summary>The best after each training job; null until there is one.</summary>
    public IReadOnlyList<double?> Running
    {
        get
        {
            var running = new double?[Values.Count];
            double? best = null;
            for (var i = 0; i < running.Length; i++)
            {
                if (Values[i] is { } value && double.IsFinite(value) && (best is null || IsBetter(value, best.Value)))
                {
                    best = value;
                }

                running[i] = best;
            }

            return running;
        }
    }

    public double? Best => Running.Count > 0 ? Running[^1] : null;

    /// <summary>How many training jobs it took to get better than <paramref name="mark"/>; null when none did.</summary>
    public int? JobsToPass(double mark)
    {
        for (var i = 0; i < Values.Count; i++)
        {
            if (Values[i] is { } value && IsBetter(value, mark))
            {
                return i + 1;
            }
        }

        return null;
    }

    private bool IsBetter(double value, double than) => Maximize ? value > than : value < than;
}
