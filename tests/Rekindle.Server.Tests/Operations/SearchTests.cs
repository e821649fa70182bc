using System.Text.Json.Nodes;
using Rekindle.Server.Tests.Protocol;

namespace Rekindle.Server.Tests.Operations;

/// <summary>Finding jobs by their properties, over HTTP, among jobs that really ran.</summary>
public sealed class SearchTests(SearchTests.Server shared) : IClassFixture<SearchTests.Server>
{
    [Theory]
    [InlineData("""{"Filters":[{"Name":"HyperParameters.x","Operator":"GreaterThan","Value":"2"}]}""", "tuned/3", "tuned/4", "tuned/5")]
    [InlineData("""{"Filters":[{"Name":"hyperparameters.x","Operator":"In","Value":"1, 4"}]}""", "tuned/1", "tuned/4")]
    [InlineData("""{"Filters":[{"Name":"Metrics.m","Operator":"LessThanOrEqualTo","Value":"2.0"}]}""", "tuned/1", "tuned/2", "own")]
    [InlineData("""{"Filters":[{"Name":"TrainingJobName","Operator":"Contains","Value":"OW"}]}""", "own")]
    [InlineData("""{"Filters":[{"Name":"Tags.team","Value":"a.b"}]}""", "own")]
    [InlineData("""{"Filters":[{"Name":"Tags.team","Operator":"NotExists"},{"Name":"HyperParameters.x","Value":"5"}]}""", "tuned/5")]
    [InlineData("""{"Filters":[{"Name":"TuningJobArn","Operator":"NotExists"}]}""", "own")]
    [InlineData("""{"Operator":"Or","Filters":[{"Name":"HyperParameters.x","Value":"5.0"}],"SubExpressions":[{"Filters":[{"Name":"Metrics.m","Value":"1"}]}]}""", "own", "tuned/1", "tuned/5")]
    [InlineData("""{"Filters":[{"Name":"ResourceConfig.InstanceCount","Operator":"GreaterThan","Value":"1"}]}""")]
    [InlineData("""{"Filters":[{"Name":"CreationTime","Operator":"GreaterThan","Value":"2020-01-01T00:00:00"},{"Name":"TrainingJobStatus","Value":"Completed"},{"Name":"EnableNetworkIsolation","Value":"false"}]}""",
        "own", "tuned/1", "tuned/2", "tuned/3", "tuned/4", "tuned/5")]
    [InlineData("""{"NestedFilters":[{"NestedPropertyName":"InputDataConfig","Filters":[{"Name":"InputDataConfig.ChannelName","Value":"a"},{"Name":"InputDataConfig.DataSource.S3DataSource.S3Uri","Operator":"Contains","Value":"one"}]}]}""", "own")]
    [InlineData("""{"NestedFilters":[{"NestedPropertyName":"InputDataConfig","Filters":[{"Name":"InputDataConfig.ChannelName","Value":"b"},{"Name":"InputDataConfig.DataSource.S3DataSource.S3Uri","Operator":"Contains","Value":"one"}]}]}""")]
    public async Task Training_jobs_are_found_by_what_they_are(string expression, params string[] expected)
    {
        var answer = await SearchAsync(new JsonObject { ["SearchExpression"] = JsonNode.Parse(expression), ["MaxResults"] = 100 });
        Assert.Equal(expected.Order(StringComparer.Ordinal), Names(answer).Order(StringComparer.Ordinal));
        Assert.Equal(expected.Length, (int)answer["TotalHits"]!["Value"]!);
    }

    [Fact]
    public async Task Results_come_sorted_in_pages_with_tags_and_metrics()
    {
        var request = new JsonObject { ["SortBy"] = "Metrics.m", ["MaxResults"] = 2 };
        List<string> names = [];
        for (JsonNode? token = ""; token is not null;)
        {
            if (token.ToString().Length > 0) request["NextToken"] = token.ToString();
            var page = await SearchAsync(request.DeepClone().AsObject());
            Assert.All(page["Results"]!.AsArray(), result => Assert.NotNull(result!["TrainingJob"]!["FinalMetricDataList"]));
            names.AddRange(Names(page));
            token = page["NextToken"];
        }

        Assert.Equal(["tuned/5", "tuned/4", "tuned/3", "tuned/2"], names.Take(4));
        Assert.Equal(["own", "tuned/1"], names.Skip(4).Order(StringComparer.Ordinal));
        request["SortOrder"] = "Ascending";
        request["MaxResults"] = 1;
        request.Remove("NextToken");
        var first = await SearchAsync(request.DeepClone().AsObject());
        Assert.Contains(Assert.Single(Names(first)), (string[])["own", "tuned/1"]);
        request["NextToken"] = (string)first["NextToken"]!;
        request["SortBy"] = "TrainingJobName";
        Assert.Contains("The NextToken is not one", await shared.Instance.RefusalAsync("Search", With(request)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tuning_jobs_are_found_with_their_best_training_job()
    {
        var answer = await shared.Instance.AnswerAsync("Search", new JsonObject
        {
            ["Resource"] = "HyperParameterTuningJob",
            ["SearchExpression"] = JsonNode.Parse(
                """{"Filters":[{"Name":"BestTrainingJob.FinalHyperParameterTuningJobObjectiveMetric.Value","Operator":"GreaterThan","Value":"4"},{"Name":"HyperParameterTuningJobConfig.Strategy","Value":"Grid"}]}"""),
        });
        var job = Assert.Single(answer["Results"]!.AsArray())!["HyperParameterTuningJob"]!;
        Assert.Equal(("tuned", "5"), ((string)job["HyperParameterTuningJobName"]!, (string)job["BestTrainingJob"]!["TunedHyperParameters"]!["x"]!));
    }

    [Fact]
    public async Task Of_what_this_service_does_not_have_nothing_is_found()
    {
        var answer = await shared.Instance.AnswerAsync("Search", new JsonObject { ["Resource"] = "Pipeline" });
        Assert.Empty(answer["Results"]!.AsArray());
    }

    [Theory]
    [InlineData("""{"Filters":[{"Name":"Nonsense","Value":"1"}]}""", "Unknown property name: Nonsense")]
    [InlineData("""{"Filters":[{"Name":"TrainingJobName.x","Value":"1"}]}""", "Unknown property name: TrainingJobName.x")]
    [InlineData("""{"Filters":[{"Name":"TrainingJobName","Operator":"LessThan","Value":"1"}]}""", "The operator LessThan is not supported for the text property TrainingJobName.")]
    [InlineData("""{"Filters":[{"Name":"CreationTime","Value":"yesterday"}]}""", "is a time such as 2026-01-31T12:00:00")]
    [InlineData("""{"Filters":[{"Name":"ResourceConfig.InstanceCount","Operator":"Contains","Value":"1"}]}""", "supported for text properties only")]
    [InlineData("""{"Filters":[{"Name":"ResourceConfig","Value":"1"}]}""", "only Exists and NotExists apply to it")]
    [InlineData("""{"Filters":[{"Name":"HyperParameters.x","Operator":"GreaterThan","Value":"NaN"}]}""", "needs a number, and the Value is 'NaN'")]
    [InlineData("""{"Filters":[{"Name":"Metrics.m","Value":"Infinity"}]}""", "is a number, and the Value is 'Infinity'")]
    [InlineData("""{"Filters":[{"Name":"RoleArn"}]}""", "needs a Value")]
    [InlineData("""{"Filters":[{"Name":"RoleArn","Operator":"Exists","Value":"x"}]}""", "takes no Value")]
    [InlineData("""{"Filters":[{"Name":"RoleArn","Operator":"Contains","Value":"x"},{"Name":"TrainingJobName","Operator":"Contains","Value":"x"}]}""", "more than one filter with the operator Contains")]
    [InlineData("""{"NestedFilters":[{"NestedPropertyName":"RoleArn","Filters":[{"Name":"RoleArn","Value":"x"}]}]}""", "is not a list of structures")]
    [InlineData("""{"NestedFilters":[{"NestedPropertyName":"InputDataConfig","Filters":[{"Name":"RoleArn","Value":"x"}]}]}""", "is not within its NestedPropertyName")]
    public async Task A_search_that_makes_no_sense_is_refused_in_a_sentence(string expression, string sentence) => Assert.Contains(
        sentence,
        await shared.Instance.RefusalAsync("Search", With(new JsonObject { ["SearchExpression"] = JsonNode.Parse(expression) })),
        StringComparison.Ordinal);

    [Fact]
    public async Task Suggestions_name_properties_hyperparameters_metrics_and_tags()
    {
        Assert.Contains("HyperParameters.x", await SuggestedAsync("hyperparameters."));
        Assert.Contains("Metrics.m", await SuggestedAsync("Metrics."));
        Assert.Contains("Tags.team", await SuggestedAsync("team"));
        Assert.Equal("TrainingJobName", (await SuggestedAsync("TrainingJobN"))[0]);
        Assert.Empty(await SuggestedAsync("nothing has this"));
    }

    [Fact]
    public async Task A_running_training_job_is_updated_and_an_ended_one_is_not()
    {
        var server = shared.Instance;
        _ = await server.AnswerAsync("CreateTrainingJob", TestServer.TrainingJob("waiting", server.Program("exec sleep 600")));
        var update = JsonNode.Parse("""{"TrainingJobName":"waiting","ResourceConfig":{"KeepAlivePeriodInSeconds":60},"ProfilerConfig":{"DisableProfiler":true},"RemoteDebugConfig":{"EnableRemoteDebug":true}}""")!.AsObject();
        var named = new JsonObject { ["TrainingJobName"] = "waiting" };
        var updated = await server.AnswerAsync("UpdateTrainingJob", update);
        var described = await server.AnswerAsync("DescribeTrainingJob", named.DeepClone().AsObject());
        Assert.Equal((string)described["TrainingJobArn"]!, (string)updated["TrainingJobArn"]!);
        Assert.Equal(60, (int)described["ResourceConfig"]!["KeepAlivePeriodInSeconds"]!);
        Assert.Equal("ml.m5.large", (string)described["ResourceConfig"]!["InstanceType"]!);
        Assert.True((bool)described["ProfilerConfig"]!["DisableProfiler"]!);

        _ = await server.AnswerAsync("StopTrainingJob", named);
        _ = await server.UntilEndedAsync("waiting");
        Assert.Contains("is in status Stopped", await server.RefusalAsync("UpdateTrainingJob", update), StringComparison.Ordinal);
        _ = await server.AnswerAsync("DeleteTrainingJob", new JsonObject { ["TrainingJobName"] = "waiting" });
    }

    [Fact]
    public async Task No_update_is_lost_when_several_come_at_once()
    {
        var server = shared.Instance;
        _ = await server.AnswerAsync("CreateTrainingJob", TestServer.TrainingJob("waiting-too", server.Program("exec sleep 600")));
        for (var round = 1; round <= 15; round++)
        {
            await Task.WhenAll(
                server.AnswerAsync("UpdateTrainingJob", JsonNode.Parse($$$"""{"TrainingJobName":"waiting-too","ResourceConfig":{"KeepAlivePeriodInSeconds":{{{round}}}}}""")!.AsObject()),
                server.AnswerAsync("UpdateTrainingJob", JsonNode.Parse($$$"""{"TrainingJobName":"waiting-too","RemoteDebugConfig":{"EnableRemoteDebug":{{{(round % 2 == 0 ? "true" : "false")}}}}}""")!.AsObject()),
                server.AnswerAsync("UpdateTrainingJob", JsonNode.Parse($$$"""{"TrainingJobName":"waiting-too","ProfilerConfig":{"ProfilingIntervalInMilliseconds":{{{round * 100}}}}}""")!.AsObject()));
            var described = await server.AnswerAsync("DescribeTrainingJob", new JsonObject { ["TrainingJobName"] = "waiting-too" });
            Assert.Equal(
                (round, round % 2 == 0, round * 100),
                ((int)described["ResourceConfig"]!["KeepAlivePeriodInSeconds"]!, (bool)described["RemoteDebugConfig"]!["EnableRemoteDebug"]!, (int)described["ProfilerConfig"]!["ProfilingIntervalInMilliseconds"]!));
        }

        _ = await server.AnswerAsync("StopTrainingJob", new JsonObject { ["TrainingJobName"] = "waiting-too" });
        _ = await server.UntilEndedAsync("waiting-too");
        _ = await server.AnswerAsync("DeleteTrainingJob", new JsonObject { ["TrainingJobName"] = "waiting-too" });
    }

    private static JsonObject With(JsonObject request)
    {
        var whole = request.DeepClone().AsObject();
        whole["Resource"] = "TrainingJob";
        return whole;
    }

    // By the tuned value instead of the digits of the name.
    private static List<string> Names(JsonNode answer) =>
    [
        .. answer["Results"]!.AsArray().Select(result => result!["TrainingJob"]!)
            .Where(job => !((string)job["TrainingJobName"]!).StartsWith("waiting", StringComparison.Ordinal))
            .Select(job => job["HyperParameters"]?["x"] is { } x ? $"tuned/{x}" : (string)job["TrainingJobName"]!),
    ];

    private async Task<JsonNode> SearchAsync(JsonObject request) => await shared.Instance.AnswerAsync("Search", With(request));

    private async Task<List<string>> SuggestedAsync(string hint)
    {
        var answer = await shared.Instance.AnswerAsync("GetSearchSuggestions", new JsonObject
        {
            ["Resource"] = "TrainingJob",
            ["SuggestionQuery"] = new JsonObject { ["PropertyNameQuery"] = new JsonObject { ["PropertyNameHint"] = hint } },
        });
        return [.. answer["PropertyNameSuggestions"]!.AsArray().Select(item => (string)item!["PropertyName"]!)];
    }

    /// <summary>A tuning job of five training jobs and a training job of its own, run once.</summary>
    public sealed class Server : IAsyncLifetime
    {
        internal TestServer Instance { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Instance = await TestServer.StartAsync();
            var tuned = TestServer.TuningJob("tuned", Instance.Program("echo m=$SM_HP_X"), jobs: 5, parallel: 2);
            tuned["HyperParameterTuningJobConfig"]!["Strategy"] = "Grid";
            tuned["HyperParameterTuningJobConfig"]!["ParameterRanges"] = JsonNode.Parse("""{"CategoricalParameterRanges":[{"Name":"x","Values":["1","2","3","4","5"]}]}""");
            _ = await Instance.AnswerAsync("CreateHyperParameterTuningJob", tuned);
            Directory.CreateDirectory(Path.Combine(Instance.Bucket, "one"));
            Directory.CreateDirectory(Path.Combine(Instance.Bucket, "two"));
            var own = TestServer.TrainingJob("own", Instance.Program("echo m=1"));
            own["AlgorithmSpecification"]!["MetricDefinitions"] = JsonNode.Parse("""[{"Name":"m","Regex":"m=(.*)"}]""");
            own["Tags"] = JsonNode.Parse("""[{"Key":"team","Value":"a.b"}]""");
            own["InputDataConfig"] = JsonNode.Parse(
                """[{"ChannelName":"a","DataSource":{"S3DataSource":{"S3DataType":"S3Prefix","S3Uri":"s3://b/one/"}}},{"ChannelName":"b","DataSource":{"S3DataSource":{"S3DataType":"S3Prefix","S3Uri":"s3://b/two/"}}}]""");
            File.WriteAllText(Path.Combine(Instance.Bucket, "one", "f"), "1");
            File.WriteAllText(Path.Combine(Instance.Bucket, "two", "f"), "2");
            _ = await Instance.AnswerAsync("CreateTrainingJob", own);
            _ = await Instance.UntilEndedAsync("own");
            _ = await Instance.UntilTuningJobEndedAsync("tuned");
        }

        public ValueTask DisposeAsync() => Instance.DisposeAsync();
    }
}
