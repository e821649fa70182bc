using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Server.Tests.TuningJobs;

namespace Rekindle.Server.Tests.WarmStart;

/// <summary>Every case of the file through real requests against a real server.</summary>
public sealed class WarmStartHttpTests(CaseServer server) : IClassFixture<CaseServer>
{
    /// <summary>The file counts the platform's keys by the formula alone; that they are exempt is this server's decision.</summary>
    private const string CountsExemptKeys = "ten-18";

    public static TheoryData<string> Ids => [.. WarmStartCase.Ids];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Create_and_preview_decide_as_the_case_says(string id)
    {
        var (item, _) = WarmStartCase.Raw(id);
        var request = CaseRequest.Of(id);

        var preview = await AnswerAsync(server.Client.PreviewWarmStartAsync(request, Token));
        var created = await AnswerAsync(server.Client.CreateHyperParameterTuningJobAsync(request, Token));

        var expected = item.GetProperty("expect").GetString();
        var contains = item.GetProperty("error_contains").GetString() ?? "";
        if (expected == "accept")
        {
            Assert.Null(created.Error);
            await server.Client.StopHyperParameterTuningJobAsync(request.HyperParameterTuningJobName!, Token);
        }
        else
        {
            Assert.Equal(expected, created.Error?.Code.ToString());
            Assert.Contains(contains, created.Error!.Message, StringComparison.Ordinal);
        }

        if (preview.Answer is not { } answer)
        {
            // The request has no form that rules could be asked about.
            Assert.Equal((created.Error!.Code, created.Error.Message), (preview.Error!.Code, preview.Error.Message));
            return;
        }

        Assert.Equal(expected == "accept", answer.Accepted);
        Assert.Equal(answer.Accepted, answer.Violations!.Count == 0);
        Assert.Equal(answer.Accepted, answer.FirstSuggestions!.Count > 0);
        Assert.Contains(contains, string.Join("; ", answer.Violations!.Select(violation => violation.Message)), StringComparison.Ordinal);
        if (item.TryGetProperty("expected_change_count", out var count) && id != CountsExemptKeys)
        {
            Assert.Equal(count.GetInt32(), answer.Changes!.Used);
        }

        Assert.Equal(answer.Changes!.Items!.Sum(change => change.Cost), answer.Changes.Used);
        Assert.All(answer.Parents!, parent => Assert.Equal(parent.TrainingJobs, parent.Usable + parent.Dropped!.Count));
    }

    [Fact]
    public async Task Exempt_keys_are_named_and_not_counted()
    {
        var preview = await server.Client.PreviewWarmStartAsync(CaseRequest.Of(CountsExemptKeys, "-preview"), Token);

        Assert.Equal(0, preview.Changes!.Used);
        Assert.Equal(["sagemaker_job_name", "sagemaker_submit_directory"], preview.Changes.Exempt);
    }

    [Fact]
    public async Task Both_ways_to_have_the_wrong_number_of_parents_are_a_rule_of_the_preview()
    {
        var six = CaseRequest.Of("parents-02", "-six");
        six = six with
        {
            WarmStartConfig = six.WarmStartConfig! with
            {
                ParentHyperParameterTuningJobs = [.. six.WarmStartConfig.ParentHyperParameterTuningJobs!, new() { HyperParameterTuningJobName = "sixth" }],
            },
        };

        var tooMany = await server.Client.PreviewWarmStartAsync(six, Token);
        var none = await server.Client.PreviewWarmStartAsync(CaseRequest.Of("parents-04"), Token);

        Assert.Equal(["ParentCount", "ParentExists"], tooMany.Violations!.Select(violation => violation.Rule));
        Assert.Contains("Member must have length less than or equal to 5", tooMany.Violations![0].Message, StringComparison.Ordinal);
        Assert.Equal(["ParentCount"], none.Violations!.Select(violation => violation.Rule));
    }

    [Fact]
    [Trait("Needs", "python3-boto3")]
    public async Task Boto3_sees_every_case_as_it_says()
    {
        var cases = new JsonArray();
        foreach (var id in WarmStartCase.Ids)
        {
            var (item, _) = WarmStartCase.Raw(id);
            cases.Add(new JsonObject
            {
                ["id"] = id,
                ["request"] = CaseRequest.JsonOf(id, "-boto"),
                ["expect"] = item.GetProperty("expect").GetString(),
                ["contains"] = item.GetProperty("error_contains").GetString() ?? "",
            });
        }

        var python = Environment.GetEnvironmentVariable("REKINDLE_TEST_PYTHON") ?? "python3";
        var start = new ProcessStartInfo(python, [Path.Combine(AppContext.BaseDirectory, "Clients", "warmstart_cases.py"), server.Url.ToString()])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        (start.Environment["AWS_ACCESS_KEY_ID"], start.Environment["AWS_SECRET_ACCESS_KEY"]) = (CaseServer.AccessKeyId, CaseServer.Secret);
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(Token), process.StandardError.ReadToEndAsync(Token));
        await process.StandardInput.WriteAsync(cases.ToJsonString());
        process.StandardInput.Close();
        await process.WaitForExitAsync(Token);

        var lines = (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(process.ExitCode == 0, await errors);
        Assert.Equal(WarmStartCase.Ids.Select(id => $"{id}\tok"), lines);
    }

    /// <summary>As recorded from SageMaker's Python SDK: a parent, the child its helper makes of it, and that child as a transfer.</summary>
    [Theory]
    [InlineData("warmstart-261123-2321", "warmstart2-261123-2321")]
    [InlineData("fw-261123-2321", "fw-child")]
    public async Task Requests_of_the_sdk_start_warm_without_a_change(string parent, string child)
    {
        var requests = SdkRequests.Creates();
        await server.Client.CreateHyperParameterTuningJobAsync(requests[parent], Token);
        await server.Client.StopHyperParameterTuningJobAsync(parent, Token);
        while ((await server.Client.DescribeHyperParameterTuningJobAsync(parent, Token)).HyperParameterTuningJobStatus == "Stopping")
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        }

        var identical = requests[child];
        var transfer = identical with
        {
            HyperParameterTuningJobName = child + "-t",
            WarmStartConfig = identical.WarmStartConfig! with { WarmStartType = "TransferLearning" },
        };
        foreach (var request in (CreateHyperParameterTuningJobRequest[])[identical, transfer])
        {
            var preview = await server.Client.PreviewWarmStartAsync(request, Token);
            Assert.Empty(preview.Violations!);
            Assert.Empty(preview.Changes!.Items!);
            Assert.Equal(0, preview.Changes.Used);
            await server.Client.CreateHyperParameterTuningJobAsync(request, Token);
            await server.Client.StopHyperParameterTuningJobAsync(request.HyperParameterTuningJobName!, Token);
        }
    }

    private static async Task<(T? Answer, ApiException? Error)> AnswerAsync<T>(Task<T> asked)
        where T : class
    {
        try
        {
            return (await asked, null);
        }
        catch (ApiException refusal)
        {
            return (null, refusal);
        }
    }

    private static class SdkRequests
    {
        public static Dictionary<string, CreateHyperParameterTuningJobRequest> Creates()
        {
            using var stream = typeof(SdkRequests).Assembly.GetManifestResourceStream("sdk_requests.jsonl")!;
            using var reader = new StreamReader(stream);
            var requests = new Dictionary<string, CreateHyperParameterTuningJobRequest>();
            while (reader.ReadLine() is { } line)
            {
                using var json = JsonDocument.Parse(line);
                if (json.RootElement.GetProperty("target").GetString() == "SageMaker.CreateHyperParameterTuningJob")
                {
                    var request = ApiJson.Deserialize<CreateHyperParameterTuningJobRequest>(
                        System.Text.Encoding.UTF8.GetBytes(json.RootElement.GetProperty("body").GetRawText()));
                    requests[request.HyperParameterTuningJobName!] = request;
                }
            }

            return requests;
        }
    }
}
