using Rekindle.Api;
using Rekindle.Server.Tests.Importing;
using Rekindle.Server.Tests.TuningJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Tests.WarmStart;

/// <summary>The report through its operation; the judgement itself is tested where it is made.</summary>
public sealed class ReportTests
{
    [Fact]
    public async Task A_running_child_of_a_deleted_parent_is_reported()
    {
        await using var desk = await Desk.OpenAsync();
        var child = Given.Definition with { WarmStart = WarmStartKind.TransferLearning };
        var parent = await desk.Seeding.AddAsync(
            Given.Job(Given.Definition, TuningJobStatus.Completed) with { Name = "parent" },
            [At("0.01", 0.5), At("0.02", 0.7)]);
        await desk.Seeding.AddAsync(
            Given.Job(child) with { Name = "child" }, [At("0.01", 0.6, "Parent"), At("0.05", 0.8, "Model"), At("0.05", 0.9, "InitialDesign")], parent);
        await desk.DeleteAsync("parent");

        var report = await desk.ReportAsync("child");

        Assert.Equal(("child", "TransferLearning", "Paid", 3, 3), (report.HyperParameterTuningJobName, report.WarmStartType, report.Verdict, report.TrainingJobs, report.Results));
        Assert.StartsWith("It paid: its training job 2 passed the parents' best of 0.7,", report.Sentence, StringComparison.Ordinal);
        Assert.EndsWith("as far as values compare after a transfer.", report.Sentence, StringComparison.Ordinal);
        Assert.Equal(("parent", "parent-002", 0.7, 2), (report.ParentsBest!.TuningJobName, report.ParentsBest.TrainingJobName, report.ParentsBest.Value, report.ParentsBest.LaunchIndex));
        Assert.Equal(("child-003", 2), (report.Best!.TrainingJobName, report.TrainingJobsToPass));
        Assert.Equal([("parent", 1), ("model", 1), ("initial-design", 1)], report.Origins!.Select(origin => (origin.Origin!, origin.TrainingJobs!.Value)));
        Assert.Equal(1.0 / 3, report.FromParents!.Value, 12);
        Assert.Equal((1, null, 0.1), (report.NearPairs, report.RankCorrelation, report.NearDistance));
    }

    [Fact]
    public async Task An_imported_child_is_held_against_its_imported_parents()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.ImportAsync(Dumps.Small("first", 0.5, 0.6));
        await desk.ImportAsync(LineageTests.ImportedChild("second", "first", "never-imported"));
        await desk.ImportAsync(LineageTests.ImportedChild("orphan", "nowhere"));

        var report = await desk.ReportAsync("second");

        // The child has 0.75 and then 0.25, and less is better; the parent's first had 0.5.
        Assert.Equal(("PaidLate", 2, 0.5), (report.Verdict, report.TrainingJobsToPass, report.ParentsBest!.Value));
        Assert.EndsWith("; 1 of its parents are not on this server.", report.Sentence, StringComparison.Ordinal);
        Assert.Equal(("unknown", 1.0), (report.Origins!.Single().Origin, report.Origins!.Single().Share));
        Assert.Null(report.FromParents);
        Assert.Equal("NothingToLearn", (await desk.ReportAsync("orphan")).Verdict);
        Assert.Equal("NoParents", (await desk.ReportAsync("first")).Verdict);
        Assert.Equal(ErrorCode.ResourceNotFound, (await Assert.ThrowsAsync<ApiException>(() => desk.ReportAsync("nobody"))).Code);
    }

    private static SeededTrainingJob At(string lr, double value, string origin = "Model") => new(Given.Statics(("lr", lr)), value, Origin: origin);
}
