using Rekindle.Api.Shapes;
using Rekindle.Server.Driving;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Operations;

/// <summary>Stores a training job of its own. Running it is the drivers' work.</summary>
internal sealed class CreateTrainingJob(
    IStore store, IExecutor executor, BuiltInMetrics builtInMetrics, DriverSignal signal, TimeProvider time)
    : Operation<CreateTrainingJobRequest, CreateTrainingJobResponse>
{
    public override AccessScope Needs => AccessScope.Run;

    protected override async Task<CreateTrainingJobResponse> HandleAsync(
        CreateTrainingJobRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        if (CheckForm(request) is { Count: > 0 } malformed)
        {
            throw Refusal.Of(malformed);
        }

        var definition = TrainingDefinitionReader.Read(request, builtInMetrics.For(request.AlgorithmSpecification!.TrainingImage));
        ResourceTags.RefuseReserved(request.Tags);
        var hyperParameters = request.HyperParameters ?? new Dictionary<string, string>();
        var violations = definition.MetricDefinitions
            .Select(MetricScraper.Problem)
            .Append(executor.Refuse(definition, hyperParameters, context.Region))
            .OfType<string>()
            .Select(problem => new Violation("TrainingJob", "algorithmSpecification", problem))
            .ToList();
        if (definition.FindMaxWaitTimeProblem() is { } waitProblem)
        {
            violations.Add(new Violation("TrainingJob", "stoppingCondition.maxWaitTimeInSeconds", waitProblem));
        }

        if (violations.Count > 0)
        {
            throw Refusal.Of(violations);
        }

        var name = request.TrainingJobName!;
        var job = new NewOwnTrainingJob
        {
            Name = name,
            Arn = Arn.ForTrainingJob(context.Region, context.Account, name),
            Definition = definition,
            HyperParameters = hyperParameters,
            Description = TrainingDescription.Write(request, definition),
            CreationTime = time.GetUtcNow(),
            Tags = ToWire.Tags(request.Tags),
        };
        if (await store.CreateTrainingJobAsync(job, cancellationToken) == CreateOutcome.NameTaken)
        {
            throw Refusal.TrainingJobNameTaken(job.Arn);
        }

        signal.Raise();
        return new CreateTrainingJobResponse { TrainingJobArn = job.Arn };
    }

    private static List<Violation> CheckForm(CreateTrainingJobRequest request)
    {
        var violations = new List<Violation>();
        if (request.AlgorithmSpecification is not { } specification
            || specification.TrainingImage is null == specification.AlgorithmName is null)
        {
            violations.Add(new Violation(
                "AlgorithmSpecification",
                "algorithmSpecification",
                "AlgorithmSpecification must be provided with exactly one of TrainingImage and AlgorithmName."));
        }

        return violations;
    }
}
