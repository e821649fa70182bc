using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;
using TrainingJob = Rekindle.Server.TrainingJobs.TrainingJob;

namespace Rekindle.Server.Operations;

/// <summary>Says why a training job was launched with its hyperparameters, what was expected of it, and what came out.</summary>
internal sealed class ExplainSuggestion(IStore store) : Operation<ExplainSuggestionRequest, ExplainSuggestionResponse>
{
    public override AccessScope Needs => AccessScope.Read;

    public override string Target => OperationTable.ExtensionPrefix + nameof(ExplainSuggestion);

    protected override async Task<ExplainSuggestionResponse> HandleAsync(
        ExplainSuggestionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var job = await store.FindTrainingJobAsync(request.TrainingJobName!, cancellationToken) ?? throw Refusal.TrainingJobNotFound();
        var snapshot = job.TuningJobId is { } id ? await store.ReadTuningSnapshotAsync(id, cancellationToken) : null;
        if (snapshot is null)
        {
            throw new ApiException(
                ErrorCode.ValidationException,
                $"The training job {job.Name} was not launched by a tuning job: nothing suggested its hyperparameters.");
        }

        if (snapshot.Job.ImportedAt is not null)
        {
            throw new ApiException(
                ErrorCode.ValidationException,
                $"The training job {job.Name} was imported with the tuning job {snapshot.Job.Name}: why it was launched with its "
                + "hyperparameters is known only where it ran.");
        }

        var why = job.Explanation;
        var seen = why is null ? null : SeenHistory.Before(snapshot, job.LaunchIndex, why).Of(job.Algorithm);
        return new ExplainSuggestionResponse
        {
            TrainingJobName = job.Name,
            TuningJobName = snapshot.Job.Name,
            LaunchIndex = job.LaunchIndex,
            HyperParameters = job.TunedHyperParameters,
            Origin = WarmStartToWire.Origin(job.Origin),
            Reason = why?.Reason ?? ReasonOf(job.Origin),
            Model = why?.Model,
            Parent = why?.Parent,
            PredictedMean = why?.PredictedMean,
            PredictedDeviation = why?.PredictedDeviation,
            Acquisition = why?.Acquisition,
            Nearest = why?.Nearest is { } nearest && seen is not null ? ToWire(nearest, seen) : null,
            Known = seen is null ? null : KnownFrom(seen),
            Engine = why?.Engine,
            Outcome = OutcomeOf(job, snapshot.Job, why),
        };
    }

    /// <summary>What the origin alone says.</summary>
    private static string ReasonOf(string? origin) => origin switch
    {
        "InitialDesign" => "A point of the space-filling start.",
        "Model" => "The model promised most of it.",
        "Parent" => "The parents' results spoke for it.",
        "Random" => "A random draw, uniform under the scaling of each range.",
        "Grid" => "The next point of the grid.",
        _ => "It is not known.",
    };

    private static NearestTrainingJob ToWire(NearestLaunch nearest, TuningSnapshot seen) => new()
    {
        TrainingJobName = seen.TrainingJobs.FirstOrDefault(job => Is(job, nearest))?.Name,
        HyperParameters = nearest.HyperParameters,
        Value = nearest.Value,
        Distance = nearest.Distance,
    };

    private static bool Is(TrainingJob job, NearestLaunch nearest) =>
        SearchProblem.ObservedValue(job) == nearest.Value
        && job.TunedHyperParameters.Count == nearest.HyperParameters.Count
        && job.TunedHyperParameters.All(pair => nearest.HyperParameters.GetValueOrDefault(pair.Key) == pair.Value);

    private static KnownAtSuggestion KnownFrom(TuningSnapshot seen)
    {
        var ended = seen.TrainingJobs.Where(job => job.IsTerminal).ToList();
        var results = ended.Count(job => SearchProblem.ObservedValue(job) is not null);
        return new KnownAtSuggestion
        {
            Results = results,
            WithoutResult = ended.Count - results,
            Running = [.. seen.TrainingJobs.Where(job => !job.IsTerminal).Select(job => job.Name)],
        };
    }

    private static SuggestionOutcome OutcomeOf(TrainingJob job, TuningJob tuningJob, LaunchExplanation? why)
    {
        var value = job.IsTerminal ? SearchProblem.ObservedValue(job) : null;
        // Hyperband predicts what a training job reports at one resource, and that is seldom where it ended.
        var deviations = tuningJob.Definition.Strategy == StrategyKind.Hyperband ? null : (value - why?.PredictedMean) / why?.PredictedDeviation;
        return new SuggestionOutcome
        {
            TrainingJobStatus = job.Progress.Status.ToString(),
            MetricName = tuningJob.Definition.Of(job.Algorithm).Objective.MetricName,
            Value = value,
            StopReason = job.Progress.Status == TrainingJobStatus.Stopped ? job.StopReason?.ToString() : null,
            DeviationsFromPrediction = deviations is { } number && double.IsFinite(number) ? number : null,
        };
    }
}
