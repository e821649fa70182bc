using System.Net;
using System.Text;
using System.Text.Json;
using Spectre.Console.Testing;

namespace Rekindle.Cli.Tests;

public sealed class CommandLineTests
{
    [Fact]
    public async Task Help_names_every_command()
    {
        var (code, output, _) = await RunAsync(null, "--help");

        Assert.Equal(0, code);
        Assert.All(
            (string[])
            [
                "serve", "demo", "jobs", "describe", "watch", "best", "stop", "interrupt", "trials", "logs", "create", "plan", "import", "export", "suggest",
                "continue", "lineage", "report",
            ],
            command => Assert.Contains(command, output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("describe")]
    [InlineData("jobs", "--nonsense")]
    public async Task A_wrong_command_line_is_a_usage_error(params string[] arguments)
    {
        var (code, _, errors) = await RunAsync(null, arguments);

        Assert.Equal(2, code);
        Assert.StartsWith("error: Usage: ", errors, StringComparison.Ordinal);
        Assert.Contains("--help", errors, StringComparison.Ordinal);
    }

    /// <summary>All options of all commands that take a number, as the commands have them.</summary>
    public static TheoryData<string, string> Numbers
    {
        get
        {
            var found = new TheoryData<string, string>();
            using var console = new TestConsole();
            foreach (var command in RekindleProgram.Build(Shell(TextWriter.Null, TextWriter.Null, console, network: null)).Subcommands)
            {
                foreach (var option in command.Options.Where(option => option.ValueType != typeof(string) && option.ValueType != typeof(string[]) && option.ValueType != typeof(bool)))
                {
                    found.Add(command.Name, option.Name);
                }
            }

            return found;
        }
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    [InlineData("continue", "--type")]
    [InlineData("continue", "--strategy")]
    [InlineData("lineage", "--format")]
    [InlineData("import", "--goal")]
    public async Task A_wrong_value_is_answered_with_the_option_the_value_and_the_rule(string command, string option)
    {
        foreach (var wrong in (string[])["twelve", "1.5", "99999999999999999999"])
        {
            var (code, _, errors) = await RunAsync(null, command, "some", $"{option}={wrong}");

            Assert.Equal(2, code);
            var said = Assert.Single(errors.Split('\n'), line => line.Contains(wrong, StringComparison.Ordinal));
            Assert.StartsWith($"error: Usage: {option} is '{wrong}'; it must be ", said, StringComparison.Ordinal);
            Assert.DoesNotContain("System", errors, StringComparison.Ordinal);
            Assert.Contains($"Try: rekindle {command} --help", errors, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("jobs", "--limit", "0", "a whole number from 1 to 2147483647")]
    [InlineData("continue", "--recursive", "11", "a whole number from 0 to 10")]
    [InlineData("continue", "--seed", "-1", "a whole number from 0 to 2147483647")]
    [InlineData("suggest", "--seed", "x", "a whole number from -9223372036854775808 to 9223372036854775807")]
    [InlineData("continue", "--strategy", "best", "Bayesian, Random, Hyperband or Grid")]
    public async Task The_rule_says_what_would_be_right(string command, string option, string wrong, string rule)
    {
        var (_, _, errors) = await RunAsync(null, command, option, wrong);
        Assert.Contains($"error: Usage: {option} is '{wrong}'; it must be {rule}.", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_output_is_the_answer_and_nothing_else()
    {
        var (code, output, errors) = await RunAsync(
            """{"HyperParameterTuningJobSummaries":[{"HyperParameterTuningJobName":"a","HyperParameterTuningJobStatus":"Completed"}]}""",
            "jobs",
            "--json");

        Assert.Equal(0, code);
        Assert.Contains("\"a\"", output, StringComparison.Ordinal);
        _ = JsonDocument.Parse(output);
        Assert.Empty(errors);
    }

    [Fact]
    public async Task A_refusal_is_said_in_the_words_of_the_server()
    {
        var (code, _, errors) = await RunAsync(
            """{"__type":"ResourceNotFound","message":"Amazon SageMaker can't find a tuning job called a. Type another name."}""",
            HttpStatusCode.BadRequest,
            "describe",
            "a");

        Assert.Equal(1, code);
        Assert.Equal("error: ResourceNotFound: Amazon SageMaker can't find a tuning job called a. Type another name.", errors.Trim());
    }

    [Fact]
    public async Task An_unreachable_server_is_named_with_what_to_do()
    {
        var (code, _, errors) = await RunAsync(null, "jobs", "--endpoint", "http://127.0.0.1:1");

        Assert.Equal(1, code);
        Assert.Contains("http://127.0.0.1:1", errors, StringComparison.Ordinal);
        Assert.Contains("rekindle serve", errors, StringComparison.Ordinal);
    }

    private static Task<(int Code, string Output, string Errors)> RunAsync(string? answer, params string[] arguments) =>
        RunAsync(answer, HttpStatusCode.OK, arguments);

    private static async Task<(int Code, string Output, string Errors)> RunAsync(string? answer, HttpStatusCode status, params string[] arguments)
    {
        await using var output = new StringWriter();
        await using var errors = new StringWriter();
        using var console = new TestConsole();
        using var network = new CannedNetwork(answer, status);
        var shell = Shell(output, errors, console, network);
        var code = await RekindleProgram.RunAsync(arguments, shell, TestContext.Current.CancellationToken);
        return (code, output + console.Output, errors.ToString());
    }

    private static Shell Shell(TextWriter output, TextWriter errors, TestConsole console, HttpMessageHandler? network) => new()
    {
        In = TextReader.Null,
        Out = output,
        Error = errors,
        Console = console,
        Variable = _ => null,
        Clock = TimeProvider.System,
        Network = network,
    };

    private sealed class CannedNetwork(string? answer, HttpStatusCode status) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => answer is null
            ? throw new HttpRequestException("Connection refused")
            : Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent(answer, Encoding.UTF8, "application/x-amz-json-1.1") });
    }
}
