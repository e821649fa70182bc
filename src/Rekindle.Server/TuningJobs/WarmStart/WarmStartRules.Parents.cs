namespace Rekindle.Server.TuningJobs.WarmStart;

internal static partial class WarmStartRules
{
    internal const int MaxParents = 5;

    /// <summary>Tuning jobs created before can't be parents.</summary>
    internal static readonly DateTimeOffset OldestParent = new(2018, 10, 1, 0, 0, 0, TimeSpan.Zero);

    private static IEnumerable<Violation> ParentCount(WarmStartRequest request)
    {
        var problem = request.Parents.Count switch
        {
            0 => "Member must have length greater than or equal to 1",
            > MaxParents => $"Member must have length less than or equal to {MaxParents}",
            _ => null,
        };
        if (problem is not null)
        {
            yield return new(
                nameof(ParentCount),
                WarmStartRequest.ParentList,
                $"Value '{ListOf(request.Parents.Select(parent => $"ParentHyperParameterTuningJob(hyperParameterTuningJobName={parent.Name})"))}' at '{WarmStartRequest.ParentList}' failed to satisfy "
                + $"constraint: {problem}");
        }

        foreach (var repeated in request.Parents
            .Where(parent => parent.Name is not null)
            .GroupBy(parent => parent.Name!, StringComparer.OrdinalIgnoreCase)
            .Where(group => group.Count() > 1))
        {
            yield return new(
                nameof(ParentCount),
                WarmStartRequest.ParentList,
                $"The parent tuning job {repeated.Min(parent => parent.Name)} is specified {repeated.Count()} times. "
                + "Parent tuning jobs must be distinct.");
        }
    }

    private static IEnumerable<Violation> ParentExists(WarmStartRequest request)
    {
        for (var index = 0; index < request.Parents.Count; index++)
        {
            var parent = request.Parents[index];
            var path = WarmStartRequest.PathOf(index);
            if (parent.Name is null)
            {
                yield return new(nameof(ParentExists), path, $"Value null at '{path}' failed to satisfy constraint: Member must not be null");
            }
            else if (string.Equals(parent.Name, request.ChildName, StringComparison.OrdinalIgnoreCase))
            {
                yield return new(nameof(ParentExists), path, $"The tuning job {parent.Name} cannot be its own parent. Type another name.");
            }
            else if (parent.Job is null)
            {
                yield return new(
                    nameof(ParentExists), path, $"Amazon SageMaker can't find a tuning job called {parent.Name}. Type another name.");
            }
        }
    }

    private static IEnumerable<Violation> ParentTerminal(WarmStartRequest request) =>
        from parent in request.Found
        where !parent.Job.IsTerminal
        select new Violation(
            nameof(ParentTerminal),
            parent.Path,
            $"The parent tuning job {parent.Name} is in status {parent.Job.Status}. A parent tuning job must be in a terminal state: "
            + "[Completed, Stopped, Failed].");

    private static IEnumerable<Violation> ParentAge(WarmStartRequest request) =>
        from parent in request.Found
        where parent.Job.CreationTime < OldestParent
        select new Violation(
            nameof(ParentAge),
            parent.Path,
            $"The parent tuning job {parent.Name} was created on {parent.Job.CreationTime.ToUniversalTime():yyyy-MM-dd'T'HH:mm:ss'Z'}. "
            + "A tuning job created before October 1, 2018 cannot be used as a parent tuning job.");

    private static IEnumerable<Violation> TotalTrainingJobs(WarmStartRequest request)
    {
        var launched = request.Found.Sum(parent => (long)parent.LaunchedTrainingJobs);
        var total = launched + request.AncestorTrainingJobs + request.Child.MaxTrainingJobs;
        var ancestors = request.AncestorTrainingJobs > 0 ? $" and their ancestors {request.AncestorTrainingJobs}" : "";
        if (total > request.Options.MaxTrainingJobs)
        {
            yield return new(
                nameof(TotalTrainingJobs),
                "hyperParameterTuningJobConfig.resourceLimits.maxNumberOfTrainingJobs",
                $"The total number of training jobs of a warm start tuning job and its parent tuning jobs is {total}: the parents launched "
                + $"{launched}{ancestors}, and MaxNumberOfTrainingJobs is {request.Child.MaxTrainingJobs}. It cannot be more than "
                + $"{request.Options.MaxTrainingJobs}.",
                ViolationKind.ResourceLimit);
        }
    }
}
