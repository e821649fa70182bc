using System.Text.Json.Nodes;

namespace Rekindle.Cli.Tests.Commands;

/// <summary><c>replay</c></summary>
public sealed class ReplayTests
{
    private static string Answer(int same, int unknown = 0, int? next = null, string more = "") => FormattableString.Invariant(
        $$"""{"HyperParameterTuningJobName":"digits","TrainingJobs":9,"Same":{{same}},"Unknown":{{unknown}},"Engine":"2"{{(next is { } n ? $",\"NextLaunchIndex\":{n}" : "")}}{{more}}}""");

    private const string Difference =
        """
        ,"Difference":{"TrainingJobName":"digits-008-1f2e3d4c","LaunchIndex":8,"Engine":"1","Facts":[
          {"Name":"HyperParameters.lr","Stored":"0.1","Again":"0.2"},{"Name":"Parent","Again":"mother"}]}
        """;

    [Fact]
    public async Task Stretches_are_added_up_to_one_verdict()
    {
        using var server = new ScriptedServer().On("ReplayTuningJob", Answer(3, next: 4), Answer(4, next: 8), Answer(2));

        var (code, output, errors) = await server.RunAsync("replay", "digits");

        Assert.Equal((0, "All 9 suggestions are the same.", ""), (code, output.TrimEnd(), errors));
        Assert.Equal([1, 4, 8], server.Asked.Select(asked => (int)asked.Request["FromLaunchIndex"]!));
    }

    [Fact]
    public async Task Who_waits_longer_than_two_seconds_is_told_how_far_it_is()
    {
        using var server = new ScriptedServer { Delay = TimeSpan.FromSeconds(1.5) }.On("ReplayTuningJob", Answer(3, next: 4), Answer(3, 1, next: 8), Answer(2));

        var (code, output, errors) = await server.RunAsync("replay", "digits");

        Assert.Equal(0, code);
        Assert.Equal("7 of 9 suggestions, no difference so far", errors.TrimEnd());
        Assert.StartsWith("All 8 suggestions that can be made again are the same; of 1 it was not kept what they knew.", output.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_difference_is_shown_and_fails()
    {
        using var server = new ScriptedServer { Width = 160 }.On("ReplayTuningJob", Answer(3, next: 4), Answer(4, more: Difference));

        var (code, output, _) = await server.RunAsync("replay", "digits");

        Assert.Equal(1, code);
        Assert.Contains("The suggestion of digits-008-1f2e3d4c, number 8, comes out differently; 7 before it are the same.", output, StringComparison.Ordinal);
        Assert.Matches(@"What +Stored +Again", output);
        Assert.Matches(@"HyperParameters\.lr +0\.1 +0\.2", output);
        Assert.Matches(@"Parent +mother", output);
        Assert.Contains("It was made by version 1 of the search, and again by 2.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_is_one_answer_for_all_stretches_with_the_same_exit_code()
    {
        using var server = new ScriptedServer().On("ReplayTuningJob", Answer(3, next: 4), Answer(4, more: Difference));

        var (code, output, _) = await server.RunAsync("replay", "digits", "--json");

        var answer = JsonNode.Parse(output)!;
        Assert.Equal((1, 7, 8), (code, (int)answer["Same"]!, (int)answer["Difference"]!["LaunchIndex"]!));
    }

    [Fact]
    public async Task Nothing_that_could_be_checked_is_no_success()
    {
        using var server = new ScriptedServer().On("ReplayTuningJob", Answer(0, 9), Answer(0), Answers.NotFound);

        var (code, output, _) = await server.RunAsync("replay", "digits");
        Assert.Equal((1, "None of the 9 suggestions can be made again: it was not kept what they knew."), (code, output.Trim()));
        Assert.Equal(0, (await server.RunAsync("replay", "digits")).Code);
        Assert.Equal(1, (await server.RunAsync("replay", "digits")).Code);
    }
}
