using Rekindle.Server.TuningJobs;
using Rekindle.Server.TuningJobs.WarmStart;

namespace Rekindle.Server.Tests.TuningJobs;

public sealed class WarmStartCasesTests
{
    /// <summary>
    /// Cases about how a request is read, which the domain never sees: an unknown type and two spellings of one definition. With all
    /// others they are tested over HTTP.
    /// </summary>
    private static readonly string[] OnTheWire = ["wtype-05", "wtype-07", "objective-04", "field-06"];

    public static TheoryData<string> InTheDomain => [.. WarmStartCase.Ids.Except(OnTheWire)];

    [Fact]
    public void Cases_on_the_wire_are_cases_of_the_file()
    {
        Assert.Empty(OnTheWire.Except(WarmStartCase.Ids));
        Assert.Equal(WarmStartCase.Ids.Count, WarmStartCase.Ids.Distinct().Count());
        Assert.True(WarmStartCase.Ids.Count >= 66);
    }

    [Theory]
    [MemberData(nameof(InTheDomain))]
    public void Verdict_is_the_expected_one(string id)
    {
        var item = WarmStartCase.Load(id);
        var verdict = WarmStartRules.Check(item.Request);
        if (item.Expect == "accept")
        {
            Assert.Empty(verdict.Violations);
            Assert.True(verdict.IsAccepted);
        }
        else
        {
            Assert.NotEmpty(verdict.Violations);
            var kind = item.Expect == "ResourceLimitExceeded" ? ViolationKind.ResourceLimit : ViolationKind.Validation;
            Assert.All(verdict.Violations, violation => Assert.Equal(kind, violation.Kind));
            Assert.Contains(item.ErrorContains ?? "", string.Join("; ", verdict.Violations.Select(violation => violation.Message)), StringComparison.Ordinal);
        }

        if (item.ChangeCount is { } expected && id != "ten-18")
        {
            Assert.Equal(expected, verdict.Changes.Used);
        }
    }

    /// <summary>The case counts by the formula alone; exempting the platform's keys is this server's decision, and the operator may undo it.</summary>
    [Fact]
    public void Script_mode_keys_cost_nothing_unless_the_exemption_is_taken_back()
    {
        var item = WarmStartCase.Load("ten-18");
        var exempting = WarmStartRules.Check(item.Request);
        Assert.Equal(0, exempting.Changes.Used);
        Assert.Equal(["sagemaker_job_name", "sagemaker_submit_directory"], exempting.Changes.Exempt);

        var counting = WarmStartRules.Check(item.Request with { Options = new() { ExemptHyperParameters = [] } });
        Assert.Equal(item.ChangeCount, counting.Changes.Used);
        Assert.True(counting.IsAccepted);
        Assert.Empty(counting.Changes.Exempt);
    }

    [Fact]
    public void Refusals_of_the_cases_come_from_the_rule_they_are_named_after()
    {
        var rules = new Dictionary<string, string>
        {
            ["state"] = "ParentTerminal",
            ["age"] = "ParentAge",
            ["objective"] = "SameObjective",
            ["names"] = "SameHyperParameterNames",
            ["type"] = "SameHyperParameterTypes",
            ["ten"] = "ChangeLimit",
            ["total"] = "TotalTrainingJobs",
            ["field"] = "FrozenFields",
            ["multi"] = "SingleAlgorithm",
            ["strategy"] = "WarmStartStrategy",
        };
        var wrong =
            from id in WarmStartCase.Ids.Except(OnTheWire)
            let family = id.Split('-')[0]
            where rules.ContainsKey(family)
            from violation in WarmStartRules.Check(WarmStartCase.Load(id).Request).Violations
            where violation.Rule != rules[family]
            select $"{id}: {violation.Rule}";
        Assert.Empty(wrong);
    }
}
