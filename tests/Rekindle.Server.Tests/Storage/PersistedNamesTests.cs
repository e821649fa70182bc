using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Tests.Storage;

/// <summary>Names that stand in databases out there. A name here may never be changed or removed; new ones are added here too.</summary>
public sealed class PersistedNamesTests
{
    private static readonly Dictionary<Type, string> Stored = new()
    {
        [typeof(TuningJobStatus)] = "InProgress Stopping Completed Stopped Failed DeleteFailed",
        [typeof(TuningJobEnding)] = "MaxTrainingJobs MaxRuntime TargetReached NotImproving Converged SpaceExhausted NothingSucceeded",
        [typeof(TrainingJobStatus)] = "InProgress Stopping Completed Stopped Failed",
        [typeof(SecondaryStatus)] = "Starting Pending Downloading Training Uploading Interrupted Stopping Completed Stopped MaxRuntimeExceeded MaxWaitTimeExceeded Failed",
        [typeof(ObjectiveStatus)] = "Pending Succeeded Failed",
        [typeof(StopReason)] = "User TuningJobEnding MaxRuntime EarlyStopping MaxResource MaxWaitTime",
        [typeof(FailureKind)] = "NonRetryable Retryable",
        [typeof(StrategyKind)] = "Bayesian Random Grid Hyperband",
        [typeof(ObjectiveGoal)] = "Minimize Maximize",
        [typeof(WarmStartKind)] = "IdenticalDataAndAlgorithm TransferLearning",
        [typeof(ParameterKind)] = "Continuous Integer Categorical",
        [typeof(RangeScaling)] = "Auto Linear Logarithmic ReverseLogarithmic",
    };

    [Fact]
    public void Every_stored_name_is_still_known_and_every_new_one_is_pinned()
    {
        foreach (var (type, names) in Stored)
            Assert.Equal((type, names), (type, string.Join(' ', Enum.GetNames(type))));
    }

    [Fact]
    public void Words_of_the_optimizer_that_stand_in_rows_are_still_its_words()
    {
        Assert.Equal("InitialDesign Model Parent Random Grid", string.Join(' ', Enum.GetNames<Rekindle.Optimization.SuggestionOrigin>()));
        Assert.Equal("None Own OwnWithParents Pooled", string.Join(' ', Enum.GetNames<Rekindle.Optimization.SuggestionModel>()));
    }

    [Fact]
    public void Every_enum_that_reaches_a_row_is_pinned()
    {
        var seen = new HashSet<Type>();
        var reached = new HashSet<Type>();
        foreach (var root in (Type[])[typeof(TuningJob), typeof(TrainingJob), typeof(SecondaryTransition)])
            Collect(root, seen, reached);
        Assert.Equal(Stored.Keys.Select(type => type.Name).Order(), reached.Select(type => type.Name).Order());
    }

    private static void Collect(Type type, HashSet<Type> seen, HashSet<Type> enums)
    {
        if (type.IsEnum)
            enums.Add(type);
        foreach (var argument in type.IsGenericType ? type.GetGenericArguments() : [])
            Collect(argument, seen, enums);
        if (type.Namespace?.StartsWith("Rekindle", StringComparison.Ordinal) != true || type.IsEnum || !seen.Add(type))
            return;
        foreach (var property in type.GetProperties())
            Collect(property.PropertyType, seen, enums);
    }
}
