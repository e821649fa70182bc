using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Server.Tests.TuningJobs;
using Rekindle.Server.TuningJobs;
using Rekindle.Server.TuningJobs.WarmStart;

namespace Rekindle.Server.Tests.WarmStart;

/// <summary>A preview that says something else than creating does is worse than none.</summary>
public sealed class AgreementTests
{
    private const int Pairs = 1000;
    private const int Parents = 60;

    private static readonly string[] Names = ["a", "b", "c", "d", "e", "f"];

    private static readonly TuningJobStatus[] OtherStatuses =
        [TuningJobStatus.Stopped, TuningJobStatus.Failed, TuningJobStatus.InProgress, TuningJobStatus.Stopping, TuningJobStatus.DeleteFailed];

    [Fact]
    public async Task Preview_and_create_decide_alike_a_thousand_times()
    {
        await using var desk = await Desk.OpenAsync();
        var random = new Random(20181001);
        var parents = new List<TuningJob>();
        for (var number = 0; number < Parents; number++)
        {
            var job = Parent(random, number, parents);
            parents.Add(job);
            await desk.Seeding.AddAsync(job, [.. Enumerable.Range(0, number % 20 == 0 ? 490 : random.Next(4)).Select(_ => Training(random, job))]);
        }

        var (accepted, rules) = (0, new HashSet<string>());
        for (var number = 0; number < Pairs; number++)
        {
            var request = Child(random, number, parents);
            var preview = await desk.PreviewAsync(request);
            var refusal = await RefusalAsync(desk.CreateAsync(request));

            Assert.Equal(refusal is null, preview.Accepted);
            rules.UnionWith(preview.Violations!.Select(violation => violation.Rule!));
            accepted += refusal is null ? 1 : 0;
            if (refusal is not null)
            {
                Assert.All(preview.Violations!, violation => Assert.Contains(violation.Message!, refusal.Message, StringComparison.Ordinal));
            }
        }

        // Both verdicts, and every rule that a generated request can break, were really compared.
        Assert.InRange(accepted, Pairs / 5, Pairs * 4 / 5);
        Assert.Superset(
            WarmStartRules.InOrder.Select(rule => rule.Name).Where(name => name != "SameDataAndAlgorithm").ToHashSet(), rules);
    }

    private static async Task<ApiException?> RefusalAsync(Task asked)
    {
        try
        {
            await asked;
            return null;
        }
        catch (ApiException refusal)
        {
            return refusal;
        }
    }

    private static TuningJob Parent(Random random, int number, List<TuningJob> others)
    {
        var definition = number % 4 == 0 || others.Count == 0 ? Definition(random) : Mutated(random, others[random.Next(others.Count)].Definition);
        return Given.Job(
            definition with { AlgorithmCount = random.Next(15) == 0 ? 2 : 1 },
            random.Next(6) == 0 ? OtherStatuses[random.Next(OtherStatuses.Length)] : TuningJobStatus.Completed) with
        {
            Name = $"parent-{number}",
            CreationTime = random.Next(15) == 0 ? WarmStartRules.OldestParent.AddSeconds(-1) : Given.Start.AddMinutes(number),
        };
    }

    private static CreateHyperParameterTuningJobRequest Child(Random random, int number, List<TuningJob> parents)
    {
        var model = parents[random.Next(parents.Count)];
        var definition = model.Definition with { AlgorithmCount = 1, MaxTrainingJobs = random.Next(1, 20) };
        for (var changes = random.Next(3); changes > 0; changes--)
        {
            definition = Mutated(random, definition);
        }

        var named = new List<string> { random.Next(3) == 0 ? model.Name.ToUpperInvariant() : model.Name };
        for (var more = random.Next(6) - 3; more > 0; more--)
        {
            named.Add(random.Next(12) == 0 ? "nobody" : parents[random.Next(parents.Count)].Name);
        }

        definition = definition with
        {
            // Most search at random: what a model would suggest is not what is compared here.
            Strategy = random.Next(20) switch { 0 => StrategyKind.Grid, 1 => StrategyKind.Hyperband, 2 => StrategyKind.Bayesian, _ => StrategyKind.Random },
            AlgorithmCount = random.Next(40) == 0 ? 2 : 1,
            WarmStart = random.Next(2) == 0 ? WarmStartKind.TransferLearning : WarmStartKind.IdenticalDataAndAlgorithm,
        };
        return WireRequest.Of($"child-{number}", definition, named);
    }

    private static TuningJobDefinition Definition(Random random) => Names.Aggregate(
        Given.Definition with { Ranges = [Given.Continuous("x", "0", "1")] }, (definition, name) => WithRole(random, definition, name));

    private static TuningJobDefinition Mutated(Random random, TuningJobDefinition definition) => random.Next(8) switch
    {
        0 => definition with { Objective = definition.Objective with { Goal = ObjectiveGoal.Minimize } },
        1 => definition with { Training = definition.Training with { Environment = Given.Statics(("A", $"{random.Next(2)}")) } },
        2 => definition with { Training = definition.Training with { Channels = [new() { Name = "train", S3Uri = $"s3://b/{random.Next(3)}" }] } },
        3 => definition with { StaticHyperParameters = definition.StaticHyperParameters.Append(new("extra", "1")).DistinctBy(pair => pair.Key).ToDictionary() },
        4 => definition with { Ranges = [Given.Continuous("x", "0.1", "2", (RangeScaling)random.Next(3)), .. definition.Ranges.Where(range => range.Name != "x")] },
        _ => WithRole(random, definition, Names[random.Next(Names.Length)]),
    };

    /// <summary>The name becomes static, or tunable in one of the three kinds.</summary>
    private static TuningJobDefinition WithRole(Random random, TuningJobDefinition definition, string name)
    {
        var statics = definition.StaticHyperParameters.Where(pair => pair.Key != name).ToDictionary();
        var ranges = definition.Ranges.Where(range => range.Name != name).ToList();
        switch (random.Next(8))
        {
            case 0:
                ranges.Add(Given.Integer(name, "1", "3"));
                break;
            case 1:
                ranges.Add(Given.Continuous(name, "1", "3"));
                break;
            case 2 or 3:
                ranges.Add(Given.Categorical(name, [.. Enumerable.Range(0, random.Next(2, 12)).Select(i => $"v{i}")]));
                break;
            default:
                statics[name] = $"v{random.Next(4)}";
                break;
        }

        return definition with { StaticHyperParameters = statics, Ranges = ranges };
    }

    private static SeededTrainingJob Training(Random random, TuningJob job) => new(
        job.Definition.Ranges.ToDictionary(
            range => range.Name, range => range.Kind == ParameterKind.Categorical ? range.Values[random.Next(range.Values.Count)] : "1"),
        random.Next(3) == 0 ? null : random.NextDouble());
}
