using System.Text.Json.Nodes;

namespace Rekindle.Cli.Tests.Commands;

public sealed class MetricDoctorTests
{
    [Fact]
    public async Task What_an_expression_finds_is_summed_up()
    {
        using var server = new ScriptedServer { StandardInput = "acc=0.5\nnoise\nacc=0.75\n" };
        var (code, output, errors) = await server.RunAsync("metric-doctor", "-", "--regex", "acc=([0-9.]+)");
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("2 of 3 lines gave a value, the first line 1: first 0.5, last 0.75, smallest 0.5, largest 0.75.", output, StringComparison.Ordinal);
        Assert.Empty(server.Asked);
    }

    [Fact]
    public async Task Where_nothing_is_found_the_nearest_line_and_a_working_expression_are_shown()
    {
        using var server = new ScriptedServer { StandardInput = "epoch 1\nacc: 0.75\n" };
        var (code, output, _) = await server.RunAsync("metric-doctor", "-", "--regex", "acc=([0-9.]+)", "--name", "accuracy");
        Assert.Equal(1, code);
        Assert.Contains("2 lines were read, and none gave a value for the metric \"accuracy\". The nearest is line 2: \"acc: 0.75\".", output, StringComparison.Ordinal);
        Assert.Contains("""This expression reads the number of that line: acc:\s+(""", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_tells_the_same()
    {
        using var server = new ScriptedServer { StandardInput = "acc=1e-3\n" };
        var (_, output, _) = await server.RunAsync("metric-doctor", "-", "--regex", "acc=(.+)", "--json");
        Assert.Equal(0.001, (double)JsonNode.Parse(output)!["Last"]!);
    }

    [Fact]
    public async Task An_invalid_expression_and_a_missing_file_are_named()
    {
        using var server = new ScriptedServer();
        var invalid = await server.RunAsync("metric-doctor", "-", "--regex", "acc=(");
        Assert.Equal(2, invalid.Code);
        Assert.StartsWith("error: InvalidExpression: The regular expression of the metric \"metric\" is invalid: ", invalid.Errors, StringComparison.Ordinal);
        var missing = await server.RunAsync("metric-doctor", "/nowhere/train.log", "--regex", "a(.)");
        Assert.StartsWith("error: FileUnreadable: /nowhere/train.log can't be read: ", missing.Errors, StringComparison.Ordinal);
    }
}
