using System.Net;
using System.Text;
using Rekindle.Api.Client;
using Rekindle.Api.Shapes;

namespace Rekindle.Api.Tests.Client;

public sealed class RekindleClientTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Posts_the_target_and_reads_the_answer()
    {
        using CannedServer server = new(("{\"TrainingJobName\":\"a\",\"CreationTime\":1.5}", HttpStatusCode.OK));
        var answer = await server.Client().DescribeTrainingJobAsync("a", None);
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1500), answer.CreationTime);
        var request = Assert.Single(server.Requests);
        Assert.Equal("SageMaker.DescribeTrainingJob", request.Target);
        Assert.Equal("application/x-amz-json-1.1", request.ContentType);
        Assert.Equal("{\"TrainingJobName\":\"a\"}", request.Body);
        Assert.Contains("/eu-west-1/sagemaker/aws4_request", request.Authorization, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Takes_an_empty_body_as_an_empty_answer()
    {
        using CannedServer server = new(("", HttpStatusCode.OK));
        Assert.NotNull(await server.Client().StopTrainingJobAsync("a", None));
    }

    [Theory]
    [InlineData("{\"__type\":\"ResourceNotFound\",\"Message\":\"no such job\"}", 400, ErrorCode.ResourceNotFound, "no such job")]
    [InlineData("{\"__type\":\"com.amazonaws.sagemaker#ResourceInUse:http://x/\",\"message\":\"taken\"}", 400, ErrorCode.ResourceInUse, "taken")]
    [InlineData("{\"__type\":\"ValidationException\"}", 400, ErrorCode.ValidationException, "ValidationException")]
    [InlineData("{\"__type\":\"Strange\",\"message\":\"m\"}", 418, ErrorCode.InternalFailure, "The server answered with HTTP status 418, Strange: m")]
    [InlineData("{\"__type\":\"3\",\"message\":\"m\"}", 400, ErrorCode.InternalFailure, "The server answered with HTTP status 400, 3: m")]
    [InlineData("{\"__type\":5}", 500, ErrorCode.InternalFailure, "The server answered with HTTP status 500.")]
    [InlineData("[]", 500, ErrorCode.InternalFailure, "The server answered with HTTP status 500.")]
    [InlineData("<html>", 502, ErrorCode.InternalFailure, "The server answered with HTTP status 502.")]
    [InlineData("", 503, ErrorCode.InternalFailure, "The server answered with HTTP status 503.")]
    public async Task Gives_errors_with_code_and_sentence(string body, int status, ErrorCode code, string message)
    {
        using CannedServer server = new((body, (HttpStatusCode)status));
        var error = await Assert.ThrowsAsync<ApiException>(() => server.Client().DescribeTrainingJobAsync("a", None));
        Assert.Equal((code, message), (error.Code, error.Message));
    }

    [Fact]
    public async Task Says_so_when_the_answer_is_no_answer()
    {
        using CannedServer server = new(("<html>", HttpStatusCode.OK));
        var error = await Assert.ThrowsAsync<ApiException>(() => server.Client().DescribeTrainingJobAsync("a", None));
        Assert.Contains("gave no answer to SageMaker.DescribeTrainingJob", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reads_page_after_page()
    {
        using CannedServer server = new(
            ("{\"TrainingJobSummaries\":[{\"TrainingJobName\":\"a\"},{\"TrainingJobName\":\"b\"}],\"NextToken\":\"t\"}", HttpStatusCode.OK),
            ("{\"TrainingJobSummaries\":[],\"NextToken\":\"u\"}", HttpStatusCode.OK),
            ("{\"TrainingJobSummaries\":[{\"TrainingJobName\":\"c\"}]}", HttpStatusCode.OK));
        ListTrainingJobsForHyperParameterTuningJobRequest request = new() { HyperParameterTuningJobName = "j", MaxResults = 2 };
        List<string?> names = [];
        await foreach (var job in server.Client().AllTrainingJobsForHyperParameterTuningJobAsync(request, None))
            names.Add(job.TrainingJobName);
        Assert.Equal(["a", "b", "c"], names);
        Assert.Equal(
            ["{\"HyperParameterTuningJobName\":\"j\",\"MaxResults\":2}", "{\"HyperParameterTuningJobName\":\"j\",\"NextToken\":\"t\",\"MaxResults\":2}", "{\"HyperParameterTuningJobName\":\"j\",\"NextToken\":\"u\",\"MaxResults\":2}"],
            server.Requests.Select(each => each.Body));
    }

    [Fact]
    public async Task Does_not_read_the_same_page_for_ever()
    {
        const string Page = "{\"HyperParameterTuningJobSummaries\":[],\"NextToken\":\"t\"}";
        using CannedServer server = new((Page, HttpStatusCode.OK), (Page, HttpStatusCode.OK));
        await Assert.ThrowsAsync<ApiException>(async () =>
        {
            await foreach (var _ in server.Client().AllHyperParameterTuningJobsAsync(new(), None))
            {
            }
        });
        Assert.Equal(2, server.Requests.Count);
    }

    private sealed record Seen(string? Target, string? ContentType, string Authorization, string Body);

    /// <summary>Answers one canned answer after the other and keeps what was asked.</summary>
    private sealed class CannedServer(params (string Body, HttpStatusCode Status)[] answers) : HttpMessageHandler
    {
        public List<Seen> Requests { get; } = [];

        public RekindleClient Client() =>
            new(new HttpClient(this, disposeHandler: false), new Uri("http://127.0.0.1:8970"), null, "eu-west-1", TimeProvider.System);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests.Add(new(
                request.Headers.GetValues("X-Amz-Target").Single(),
                request.Content!.Headers.ContentType?.ToString(),
                request.Headers.GetValues("Authorization").Single(),
                await request.Content.ReadAsStringAsync(cancellationToken)));
            var (body, status) = answers[Requests.Count - 1];
            return new(status) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        }
    }
}
