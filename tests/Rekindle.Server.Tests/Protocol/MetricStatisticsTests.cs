using System.Text.Json.Nodes;
using System.Xml.Linq;
using Microsoft.Data.Sqlite;

namespace Rekindle.Server.Tests.Protocol;

/// <summary>Metrics of training jobs as clients of CloudWatch read them, in both forms that they speak.</summary>
public sealed class MetricStatisticsTests : IAsyncLifetime
{
    private const string Prefix = "GraniteServiceVersion20100801.";
    private const string Namespace = "/aws/sagemaker/TrainingJobs";

    // 2026-01-01.
    private const long Start = 1_767_225_600;

    private TestServer _server = null!;

    /// <summary>A training job whose values 1 to 6 came 25, 45, 65, 85, 105 and 125 seconds after the start.</summary>
    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        var job = TestServer.TrainingJob("job", _server.Program("for i in 1 2 3 4 5 6; do echo \"m=$i\"; done; echo other=1"));
        job["AlgorithmSpecification"]!["MetricDefinitions"] = new JsonArray(
            new JsonObject { ["Name"] = "m", ["Regex"] = "m=(.*)" }, new JsonObject { ["Name"] = "z:other", ["Regex"] = "other=(.*)" });
        _ = await _server.AnswerAsync("CreateTrainingJob", job);
        _ = await _server.UntilEndedAsync("job");
        await _server.RestartAsync(async path =>
        {
            await using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText = $"UPDATE metric_readings SET time = {Start * 1000} + 5000 + 20000 * ordinal WHERE metric = 'm'";
            Assert.Equal(6, await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
        });
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Values_are_put_together_by_whole_periods()
    {
        var answer = await _server.AnswerAsync(Prefix + "GetMetricStatistics", Request(60, "Average", "Minimum", "Maximum", "Sum", "SampleCount"));
        Assert.Equal("m", (string)answer["Label"]!);
        Assert.Equal(
            [(0, 2, 1.5, 3, 1, 2), (60, 3, 4, 12, 3, 5), (120, 1, 6, 6, 6, 6)],
            answer["Datapoints"]!.AsArray().Select(point => (
                (long)point!["Timestamp"]! - Start, (int)point["SampleCount"]!, (double)point["Average"]!, (double)point["Sum"]!,
                (double)point["Minimum"]!, (double)point["Maximum"]!)));
        Assert.All(answer["Datapoints"]!.AsArray(), point => Assert.Equal("None", (string)point!["Unit"]!));
    }

    [Fact]
    public async Task Values_whose_sum_is_beyond_all_numbers_have_an_average()
    {
        var job = TestServer.TrainingJob("large", _server.Program("echo m=1.7e308; echo m=1.6e308; echo m=1.5e308"));
        job["AlgorithmSpecification"]!["MetricDefinitions"] = new JsonArray(new JsonObject { ["Name"] = "m", ["Regex"] = "m=(.*)" });
        _ = await _server.AnswerAsync("CreateTrainingJob", job);
        _ = await _server.UntilEndedAsync("large");
        var request = Request(86_400, "Average", "Sum");
        request["Dimensions"] = Dimensions("large");
        request["EndTime"] = Start + (86_400L * 1_000);
        var point = Assert.Single((await _server.AnswerAsync(Prefix + "GetMetricStatistics", request))["Datapoints"]!.AsArray())!;
        Assert.Equal(1.6, (double)point["Average"]! / 1e308, 1e-9);
        Assert.Equal(double.MaxValue, (double)point["Sum"]!);
    }

    [Fact]
    public async Task A_span_begins_with_a_whole_period_and_does_not_include_its_end()
    {
        var request = Request(60, "Sum");
        request["StartTime"] = Start + 90.5;
        request["EndTime"] = Start + 125;
        var point = Assert.Single((await _server.AnswerAsync(Prefix + "GetMetricStatistics", request))["Datapoints"]!.AsArray())!;
        Assert.Equal((Start + 60, 12.0), ((long)point["Timestamp"]!, (double)point["Sum"]!));
        Assert.Null(point["Average"]);
        request["EndTime"] = Start + 125.001;
        Assert.Equal(2, (await _server.AnswerAsync(Prefix + "GetMetricStatistics", request))["Datapoints"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("MetricName", "none")]
    [InlineData("Namespace", "AWS/EC2")]
    [InlineData("Unit", "Count")]
    [InlineData("Dimensions", "none")]
    [InlineData("Dimensions", "JOB")]
    public async Task What_nobody_reported_has_no_datapoints(string member, string value)
    {
        var request = Request(60, "Average");
        request[member] = member == "Dimensions" ? Dimensions(value) : value;
        Assert.Empty((await _server.AnswerAsync(Prefix + "GetMetricStatistics", request))["Datapoints"]!.AsArray());
    }

    [Fact]
    public async Task Impossible_requests_are_refused_as_CloudWatch_does()
    {
        foreach (var member in new[] { "Namespace", "MetricName", "StartTime", "EndTime", "Period" })
        {
            Assert.Equal($"The parameter {member} is required.", await RefusalAsync("MissingRequiredParameterException", request => request.Remove(member)));
        }

        Assert.Contains("Statistics", await RefusalAsync("InvalidParameterCombinationException", request => request.Remove("Statistics")), StringComparison.Ordinal);
        Assert.StartsWith("You have requested up to 1,441 datapoints", await RefusalAsync(
            "InvalidParameterCombinationException", request => request["EndTime"] = Start + (1441 * 60)), StringComparison.Ordinal);
        Assert.Contains("less than", await RefusalAsync("InvalidParameterValueException", request => request["EndTime"] = Start), StringComparison.Ordinal);
        Assert.Contains("Period", await RefusalAsync("InvalidParameterValueException", request => request["Period"] = 61), StringComparison.Ordinal);
        Assert.Contains("statistics", await RefusalAsync("ValidationException", request => request["Statistics"] = new JsonArray("Median")), StringComparison.Ordinal);
        var most = Request(60, "Sum");
        most["EndTime"] = Start + (1440 * 60);
        Assert.Equal(3, (await _server.AnswerAsync(Prefix + "GetMetricStatistics", most))["Datapoints"]!.AsArray().Count);
        _ = await _server.RefusalAsync(Prefix + "PutMetricData", [], "UnknownOperationException");
    }

    [Fact]
    public async Task Metrics_are_listed()
    {
        Assert.Equal(["m", "z:other"], await ListAsync([]));
        Assert.Equal(["m", "z:other"], await ListAsync(new JsonObject { ["Namespace"] = Namespace, ["Dimensions"] = Dimensions("job") }));
        Assert.Equal(["m"], await ListAsync(new JsonObject { ["MetricName"] = "m" }));
        Assert.Equal(["z:other"], await ListAsync(new JsonObject { ["RecentlyActive"] = "PT3H" }));
        Assert.Empty(await ListAsync(new JsonObject { ["Dimensions"] = Dimensions("none") }));
        Assert.Empty(await ListAsync(new JsonObject { ["Namespace"] = "AWS/EC2" }));
        Assert.Empty(await ListAsync(new JsonObject { ["Dimensions"] = new JsonArray(new JsonObject { ["Name"] = "Host" }) }));
    }

    [Fact]
    public async Task Older_clients_ask_with_forms_and_read_XML()
    {
        const string Form = "Action=GetMetricStatistics&Version=2010-08-01&Namespace=%2Faws%2Fsagemaker%2FTrainingJobs&MetricName=m"
            + "&Dimensions.member.1.Name=TrainingJobName&Dimensions.member.1.Value=job&StartTime=2026-01-01T00%3A00%3A00.500000Z"
            + "&EndTime=2026-01-01T00%3A03%3A00Z&Statistics.member.1=Average&Statistics.member.2=Sum&Period=";
        var (status, answer) = await SendAsync(Form + "60");
        Assert.Equal(200, status);
        Assert.Equal(
            ["2026-01-01T00:00:00.000Z 1.5 3 None", "2026-01-01T00:01:00.000Z 4 12 None", "2026-01-01T00:02:00.000Z 6 6 None"],
            answer.Descendants().Where(element => element.Name.LocalName == "member").Select(point => string.Join(' ', point.Elements().Select(each => each.Value))));
        var (refused, error) = await SendAsync(Form + "61");
        Assert.Equal((400, "InvalidParameterValue"), (refused, error.Descendants().Single(element => element.Name.LocalName == "Code").Value));
        foreach (var bad in new[] { Form + "x", Form + "60&Dimensions.member.9.Name=x", Form + "60&MetricName.member.1=x", Form + "60&a.b.c.d.e=x", "Action=PutMetricData" })
        {
            Assert.Equal(400, (await SendAsync(bad)).Status);
        }
    }

    private async Task<(int Status, XElement Answer)> SendAsync(string form)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var content = new StringContent(form, System.Text.Encoding.UTF8, "application/x-www-form-urlencoded");
        using var answer = await http.PostAsync(_server.Url, content, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, XElement.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    private async Task<List<string>> ListAsync(JsonObject request) =>
        [.. (await _server.AnswerAsync(Prefix + "ListMetrics", request))["Metrics"]!.AsArray().Select(metric => (string)metric!["MetricName"]!)];

    private Task<string> RefusalAsync(string error, Action<JsonObject> change)
    {
        var request = Request(60, "Average");
        change(request);
        return _server.RefusalAsync(Prefix + "GetMetricStatistics", request, error);
    }

    private static JsonObject Request(int period, params string[] statistics) => new()
    {
        ["Namespace"] = Namespace,
        ["MetricName"] = "m",
        ["Dimensions"] = Dimensions("job"),
        ["StartTime"] = Start,
        ["EndTime"] = Start + 600,
        ["Period"] = period,
        ["Statistics"] = new JsonArray([.. statistics.Select(each => JsonValue.Create(each))]),
    };

    private static JsonArray Dimensions(string job) => [new JsonObject { ["Name"] = "TrainingJobName", ["Value"] = job }];
}
