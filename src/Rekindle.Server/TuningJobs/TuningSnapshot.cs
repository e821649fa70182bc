using System.Collections.Immutable;
using Rekindle.Optimization.EarlyStopping;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.TuningJobs;

/// <summary>A tuning job with all its training jobs, as one reading of the rows had them.</summary>
/// <param name="Job">The tuning job.</param>
/// <param name="TrainingJobs">In launch order.</param>
internal sealed record TuningSnapshot(TuningJob Job, IReadOnlyList<TrainingJob> TrainingJobs)
{
    /// <summary>
    /// The objective metric's curves by training job, as far as a rule needs them, where early stopping looks at them: its driver adds
    /// them, the store leaves them out.
    /// </summary>
    public IReadOnlyDictionary<long, LearningCurve> Curves { get; init; } = ImmutableDictionary<long, LearningCurve>.Empty;

    /// <summary>What the search of one of several algorithms looks at: its training jobs, and an even share of those that may be launched.</summary>
    public TuningSnapshot Of(int algorithm)
    {
        var definition = Job.Definition;
        if (definition.Further.Count == 0)
        {
            return this;
        }

        var algorithms = definition.Further.Count + 1;
        int Share(int all) => Math.Max(1, (all + algorithms - 1) / algorithms);
        return this with
        {
            Job = Job with
            {
                Definition = definition.Of(algorithm) with
                {
                    MaxTrainingJobs = Share(definition.MaxTrainingJobs),
                    MaxParallelTrainingJobs = Share(definition.MaxParallelTrainingJobs),
                },
            },
            TrainingJobs = [.. TrainingJobs.Where(job => job.Algorithm == algorithm)],
        };
    }
}
