using CsCheck;
using Rekindle.Server.TuningJobs;
using Rekindle.Server.TuningJobs.WarmStart;

namespace Rekindle.Server.Tests.TuningJobs;

/// <summary>Generated parents and children, the same in every run.</summary>
public sealed class WarmStartPropertyTests
{
    private static readonly string[] Categories = ["c0", "c1", "c2", "c3"];
    private static readonly string[] Numbers = ["n0", "n1"];

    /// <summary>A name's role in one tuning job: absent (null), a static value, or a range.</summary>
    private static readonly Gen<object?> CategoryRole = Gen.Frequency(
        (1, Gen.Const((object?)null)),
        (5, Gen.Int[0, 3].Select(i => (object?)$"{"abcd"[i]}")),
        (4, Gen.Int[1, 15].Select(bits => (object?)Given.Categorical("", [.. "abcd".Where((_, i) => (bits >> i & 1) == 1).Select(c => $"{c}")]))));

    private static readonly Gen<object?> NumberRole = Gen.Frequency(
        (1, Gen.Const((object?)null)),
        (5, Gen.Int[1, 3].Select(i => (object?)$"{i}")),
        (4, Gen.Bool.Select(integer => (object?)(integer ? Given.Integer("", "1", "3") : Given.Continuous("", "1", "3")))));

    private static readonly Gen<TuningJobDefinition> Definition =
        Gen.Select(CategoryRole.Array[Categories.Length], NumberRole.Array[Numbers.Length], (categories, numbers) => Build([.. categories, .. numbers]));

    private static readonly Gen<NamedParent[]> Parents =
        Definition.Array[1, 5].Select(all => all.Select((definition, i) => Given.Parent($"p{i}", definition, id: i)).ToArray());

    [Fact]
    public void A_child_like_its_parent_is_always_accepted() => Definition.ForEach(definition =>
    {
        var verdict = Given.Check(definition, Given.Parent("p", definition));
        Assert.Empty(verdict.Violations);
        Assert.Empty(verdict.Warnings);
        Assert.Empty(verdict.Changes.Items);
    });

    [Fact]
    public void The_order_of_parents_does_not_matter() => Gen.Select(Definition, Parents, Gen.Int).ForEach(sample =>
    {
        var (child, parents, seed) = sample;
        var shuffled = parents.ToArray();
        new Random(seed).Shuffle(shuffled);
        var (one, other) = (Given.Check(child, parents), Given.Check(child, shuffled));
        Assert.Equal(one.Changes.Items, other.Changes.Items);
        Assert.Equal(Sentences(one), Sentences(other));
    });

    [Fact]
    public void Taking_a_change_back_never_adds_cost() => Gen.Select(Definition, Parents).ForEach(sample =>
    {
        var (child, parents) = sample;
        var used = Given.Check(child, parents).Changes.Used;
        foreach (var name in child.StaticHyperParameters.Keys)
        {
            foreach (var before in parents.Select(parent => parent.Job!.Definition))
            {
                if (before.StaticHyperParameters.TryGetValue(name, out var value))
                {
                    var statics = new Dictionary<string, string>(child.StaticHyperParameters) { [name] = value };
                    Assert.True(Given.Check(child with { StaticHyperParameters = statics }, parents).Changes.Used <= used);
                }
                else if (before.Ranges.FirstOrDefault(range => range.Name == name) is { } range)
                {
                    var statics = child.StaticHyperParameters.Where(pair => pair.Key != name).ToDictionary();
                    var tuned = child with { StaticHyperParameters = statics, Ranges = [.. child.Ranges, range] };
                    Assert.True(Given.Check(tuned, parents).Changes.Used <= used);
                }
            }
        }
    });

    [Fact]
    public void Each_item_costs_at_least_one_and_never_more_than_its_different_values() => Gen.Select(Definition, Parents).ForEach(sample =>
    {
        var (child, parents) = sample;
        var changes = Given.Check(child, parents).Changes;
        Assert.Equal(changes.Items.Sum(item => item.Cost), changes.Used);
        Assert.All(changes.Items, item => Assert.InRange(item.Cost, 1, 4));
        Assert.Equal(changes.Used > ChangeCount.Limit, Given.Check(child, parents).Violations.Any(violation => violation.Rule == "ChangeLimit"));
    });

    [Fact]
    public void Grandparents_that_are_not_named_do_not_matter() => Gen.Select(Definition, Parents).ForEach(sample =>
    {
        var (child, parents) = sample;
        var warm = parents
            .Select(parent => parent with
            {
                Job = parent.Job! with { Parents = [new(99, "g")], Definition = parent.Job.Definition with { WarmStart = WarmStartKind.TransferLearning } },
            })
            .ToArray();
        Assert.Equal(Sentences(Given.Check(child, parents)), Sentences(Given.Check(child, warm)));
    });

    private static List<string> Sentences(WarmStartVerdict verdict) =>
        [.. verdict.Violations.Select(violation => $"{violation.Rule}: {violation.Message}").Order(StringComparer.Ordinal)];

    private static TuningJobDefinition Build(object?[] roles)
    {
        string[] names = [.. Categories, .. Numbers];
        return Given.Definition with
        {
            Ranges = [.. names.Zip(roles).Where(pair => pair.Second is ParameterRange).Select(pair => (ParameterRange)pair.Second! with { Name = pair.First })],
            StaticHyperParameters = names.Zip(roles).Where(pair => pair.Second is string).ToDictionary(pair => pair.First, pair => (string)pair.Second!),
        };
    }
}
