using System.Net;
using System.Text;
using System.Text.Json;
using Spectre.Console.Testing;

namespace Rekindle.Cli.Tests;

/// <summary>What <c>plan</c> says, and what <c>create</c> and <c>describe</c> say of a warm start.</summary>
public sealed class PlanTests : IDisposable
{
    private const string Refused =
        """
        {"Accepted":false,
         "Violations":[
           {"Rule":"ParentTerminal","Path":"warmStartConfig.1","Message":"The parent is running."},
           {"Rule":"ChangeLimit","Path":"trainingJobDefinition.staticHyperParameters","Message":"Too many changes."}],
         "Warnings":["Other data."],
         "Parents":[{"HyperParameterTuningJobName":"mother","TrainingJobs":6,"Usable":2,"BestValue":0.93437,
           "Dropped":[{"TrainingJobName":"mother-1","Reason":"It failed."},{"TrainingJobName":"mother-2","Reason":"It failed."},
                      {"TrainingJobName":"mother-3","Reason":"It failed."},{"TrainingJobName":"mother-4","Reason":"It failed."}],
           "Outside":[{"TrainingJobName":"mother-5","Use":"ParentModelOnly","Reason":"Its value 9 of lr is far outside the range [0, 1]."}]}],
         "Changes":{"Limit":10,"Used":6,"Items":[{"HyperParameter":"color","From":"{red, blue}","To":"red","Cost":2},
           {"HyperParameter":"size","From":"a | b | c","To":"d","Cost":4}],"Exempt":["sagemaker_job_name"]},
         "TrainingJobs":{"Limit":500,"Parents":6,"Child":20},"FirstSuggestions":[],"SeedIsDrawn":true}
        """;

    private const string Accepted =
        """
        {"Accepted":true,"Violations":[],"Warnings":[],"Parents":[],"Changes":{"Limit":10,"Used":0,"Items":[],"Exempt":[]},
         "TrainingJobs":{"Limit":500,"Parents":0,"Child":20},
         "FirstSuggestions":[{"HyperParameters":{"lr":"0.0123456","opt":"adam"},"Origin":"parent"}],"SeedIsDrawn":true}
        """;

    private readonly string _request = Path.GetTempFileName();

    public PlanTests() => File.WriteAllText(
        _request,
        """{"HyperParameterTuningJobName":"child","WarmStartConfig":{"WarmStartType":"TransferLearning","ParentHyperParameterTuningJobs":[{"HyperParameterTuningJobName":"mother"}]}}""");

    public void Dispose() => File.Delete(_request);

    [Fact]
    public async Task A_refused_request_ends_with_1_and_every_reason()
    {
        var run = await RunAsync(new() { ["Rekindle.PreviewWarmStart"] = Refused }, "plan", _request);

        Assert.Equal(1, run.Code);
        Assert.Contains("child would be refused, for 2 reasons:", run.Output, StringComparison.Ordinal);
        Assert.Contains("1. ParentTerminal: The parent is running. (at warmStartConfig.1)", run.Output, StringComparison.Ordinal);
        Assert.Contains("2. ChangeLimit: Too many changes.", run.Output, StringComparison.Ordinal);
        Assert.Contains("warning: Other data.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_account_is_given_line_by_line()
    {
        var run = await RunAsync(new() { ["Rekindle.PreviewWarmStart"] = Refused }, "plan", _request);

        Assert.Contains("Changes: 6 of 10 used", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"color +\{red, blue\} +red +2", run.Output);
        Assert.Matches(@"size +a \| b \| c +d +4", run.Output);
        Assert.Contains("Not counted, because the platform sets them: sagemaker_job_name", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"mother +6 +2 +1 +4 +0\.9344", run.Output);
        Assert.Contains("mother: 4 dropped: It failed. (mother-1, mother-2, mother-3 and 1 more)", run.Output, StringComparison.Ordinal);
        Assert.Contains("Only the model of the parent uses it. (mother-5)", run.Output, StringComparison.Ordinal);
        Assert.Contains("Training jobs: 26 of 500 used: 6 by the parents, 20 for this tuning job", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_accepted_request_ends_with_0_and_shows_what_would_be_tried_first()
    {
        var run = await RunAsync(new() { ["Rekindle.PreviewWarmStart"] = Accepted }, "plan", _request);

        Assert.Equal(0, run.Code);
        Assert.Contains("child would be accepted.", run.Output, StringComparison.Ordinal);
        Assert.Contains("another seed is drawn at creation", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"1 +parent +0\.0123 +adam", run.Output);
        Assert.Equal(["Rekindle.PreviewWarmStart"], run.Asked);
    }

    [Theory]
    [InlineData(Refused, 1)]
    [InlineData(Accepted, 0)]
    public async Task Json_is_the_answer_and_the_exit_code_is_the_same(string answer, int code)
    {
        var run = await RunAsync(new() { ["Rekindle.PreviewWarmStart"] = answer }, "plan", _request, "--json");

        Assert.Equal(code, run.Code);
        using var sent = JsonDocument.Parse(answer);
        using var printed = JsonDocument.Parse(run.Output);
        Assert.True(JsonElement.DeepEquals(sent.RootElement, printed.RootElement), run.Output);
    }

    [Fact]
    public async Task A_malformed_request_ends_with_1_and_the_words_of_the_server()
    {
        var run = await RunAsync(new() { ["Rekindle.PreviewWarmStart"] = """{"__type":"ValidationException","message":"1 validation error detected"}""" }, "plan", _request);

        Assert.Equal(1, run.Code);
        Assert.Equal("error: ValidationException: 1 validation error detected", run.Errors.Trim());
    }

    [Fact]
    public async Task Help_teaches_with_examples()
    {
        var run = await RunAsync([], "plan", "--help");

        Assert.Contains("create nothing", run.Output, StringComparison.Ordinal);
        Assert.Contains("rekindle plan request.json && rekindle create request.json", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_prints_what_may_mislead_the_search()
    {
        var run = await RunAsync(
            new()
            {
                ["SageMaker.CreateHyperParameterTuningJob"] = """{"HyperParameterTuningJobArn":"arn:a"}""",
                ["Rekindle.DescribeWarmStart"] = """{"Warnings":["Other data."]}""",
            },
            "create",
            _request);

        Assert.Equal(0, run.Code);
        Assert.Equal("warning: Other data.", run.Errors.Trim());
        Assert.Contains("child is created.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Describe_shows_what_may_mislead_the_search()
    {
        var run = await RunAsync(
            new()
            {
                ["SageMaker.DescribeHyperParameterTuningJob"] =
                    """{"HyperParameterTuningJobName":"child","WarmStartConfig":{"WarmStartType":"TransferLearning","ParentHyperParameterTuningJobs":[]}}""",
                ["Rekindle.DescribeWarmStart"] = """{"Warnings":["Other data."]}""",
                ["Rekindle.ListSuggestions"] = """{"__type":"UnknownOperationException"}""",
            },
            "describe",
            "child");

        Assert.Equal(0, run.Code);
        Assert.Matches(@"Warning +Other data\.", run.Output);
    }

    [Fact]
    public async Task A_server_without_the_extension_is_no_obstacle()
    {
        var run = await RunAsync(
            new()
            {
                ["SageMaker.CreateHyperParameterTuningJob"] = """{"HyperParameterTuningJobArn":"arn:a"}""",
                ["Rekindle.DescribeWarmStart"] = """{"__type":"UnknownOperationException"}""",
            },
            "create",
            _request);

        Assert.Equal(0, run.Code);
        Assert.Empty(run.Errors);
    }

    private static async Task<Run> RunAsync(Dictionary<string, string> answers, params string[] arguments)
    {
        await using var output = new StringWriter();
        await using var errors = new StringWriter();
        using var console = new TestConsole();
        console.Profile.Width = 160;
        using var network = new CannedNetwork(answers);
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
        return new Run(code, output + console.Output, errors.ToString(), network.Asked);
    }

    private sealed record Run(int Code, string Output, string Errors, IReadOnlyList<string> Asked);

    /// <summary>Answers by operation; an answer with a type is an error.</summary>
    private sealed class CannedNetwork(Dictionary<string, string> answers) : HttpMessageHandler
    {
        public List<string> Asked { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var target = request.Headers.GetValues("X-Amz-Target").Single();
            Asked.Add(target);
            var answer = answers[target];
            var status = answer.Contains("__type", StringComparison.Ordinal) ? HttpStatusCode.BadRequest : HttpStatusCode.OK;
            return Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent(answer, Encoding.UTF8, "application/x-amz-json-1.1") });
        }
    }
}
