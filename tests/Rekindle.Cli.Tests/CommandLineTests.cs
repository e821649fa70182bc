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
                "serve", "demo", "jobs", "describe", "watch", "best", "stop", "trials", "logs", "create", "plan", "import", "export", "suggest",
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
        var shell = new Shell
        {
            In = TextReader.Null,
            Out = output,
            Error = errors,
            Console = console,
            Variable = _ => null,
            Clock = TimeProvider.System,
            Network = network,
        };
        var code = await RekindleProgram.RunAsync(arguments, shell, TestContext.Current.CancellationToken);
        return (code, output + console.Output, errors.ToString());
    }

    private sealed class CannedNetwork(string? answer, HttpStatusCode status) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => answer is null
            ? throw new HttpRequestException("Connection refused")
            : Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent(answer, Encoding.UTF8, "application/x-amz-json-1.1") });
    }
}
