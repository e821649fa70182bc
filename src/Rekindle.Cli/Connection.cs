using Rekindle.Api;
using Rekindle.Api.Client;
using Rekindle.Api.Shapes;

namespace Rekindle.Cli;

/// <summary>A server to ask, and the few questions the commands have.</summary>
internal sealed class Connection : IDisposable
{
    /// <summary>What a question ends with that no server answered.</summary>
    public const string UnreachableCode = "ServerUnreachable";

    private const string NotFound = "Requested resource not found.";
    private const int PageSize = 100;

    private readonly HttpClient _http;
    private readonly RekindleClient _client;

    /// <param name="endpoint">Where the server is.</param>
    /// <param name="shell">Its network, its clock, and the AWS key in its environment if there is one.</param>
    public Connection(Uri endpoint, Shell shell)
    {
        Endpoint = endpoint;
        _http = shell.Network is { } network
            ? new HttpClient(network, disposeHandler: false)
            // A proxy of the surroundings can't know this machine's own address.
            : new HttpClient(new SocketsHttpHandler { UseProxy = !endpoint.IsLoopback });
        var region = shell.Variable("AWS_REGION") ?? shell.Variable("AWS_DEFAULT_REGION") ?? "us-east-1";
        _client = new RekindleClient(_http, endpoint, CredentialsOf(shell), region, shell.Clock);
    }

    public Uri Endpoint { get; }

    public void Dispose() => _http.Dispose();

    public Task<CreateHyperParameterTuningJobResponse> CreateTuningJobAsync(
        CreateHyperParameterTuningJobRequest request, CancellationToken cancellationToken) =>
        ReachAsync(() => _client.CreateHyperParameterTuningJobAsync(request, cancellationToken), cancellationToken);

    public Task<DescribeHyperParameterTuningJobResponse> DescribeTuningJobAsync(string name, CancellationToken cancellationToken) =>
        ReachAsync(() => _client.DescribeHyperParameterTuningJobAsync(name, cancellationToken), cancellationToken);

    public Task<PreviewWarmStartResponse> PreviewWarmStartAsync(
        CreateHyperParameterTuningJobRequest request, CancellationToken cancellationToken) =>
        ReachAsync(() => _client.PreviewWarmStartAsync(request, cancellationToken), cancellationToken);

    public Task<DescribeLineageResponse> DescribeLineageAsync(string name, CancellationToken cancellationToken) =>
        ReachAsync(() => _client.DescribeLineageAsync(name, cancellationToken), cancellationToken);

    public Task<WarmStartReportResponse> ReportWarmStartAsync(string name, CancellationToken cancellationToken) =>
        ReachAsync(() => _client.ReportWarmStartAsync(name, cancellationToken), cancellationToken);

    public Task<ExplainSuggestionResponse> ExplainSuggestionAsync(string trainingJob, CancellationToken cancellationToken) =>
        FindAsync(trainingJob, () => _client.ExplainSuggestionAsync(trainingJob, cancellationToken), cancellationToken);

    public Task<InterruptTrainingJobResponse> InterruptTrainingJobAsync(string trainingJob, CancellationToken cancellationToken) =>
        ReachAsync(() => _client.InterruptTrainingJobAsync(trainingJob, cancellationToken), cancellationToken);

    public Task<ReplayTuningJobResponse> ReplayTuningJobAsync(string name, int fromLaunchIndex, CancellationToken cancellationToken) =>
        ReachAsync(() => _client.ReplayTuningJobAsync(name, fromLaunchIndex, cancellationToken), cancellationToken);

    /// <summary>How the training jobs of a tuning job were suggested; nothing from a server that can't say.</summary>
    public Task<IReadOnlyList<SuggestedTrainingJob>> ListSuggestionsAsync(string name, CancellationToken cancellationToken) =>
        ElseNothingAsync(async () => (await _client.ListSuggestionsAsync(name, cancellationToken)).Suggestions, cancellationToken);

    public Task<IReadOnlyList<Tag>> ListTagsAsync(string arn, CancellationToken cancellationToken) => ReachAsync(
        () => TakeAsync(_client.AllTagsAsync(new ListTagsRequest { ResourceArn = arn }, cancellationToken), int.MaxValue, cancellationToken),
        cancellationToken);

    /// <summary>Tags to be shown beside what else is known of a job; none where the server has no word for them.</summary>
    public Task<IReadOnlyList<Tag>> FindTagsAsync(string arn, CancellationToken cancellationToken) => ElseNothingAsync<Tag>(
        async () => await TakeAsync(_client.AllTagsAsync(new ListTagsRequest { ResourceArn = arn }, cancellationToken), int.MaxValue, cancellationToken),
        cancellationToken);

    /// <summary>Whether a tuning job has this name.</summary>
    public async Task<bool> HasTuningJobAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            await DescribeTuningJobAsync(name, cancellationToken);
            return true;
        }
        catch (ApiException refusal) when (refusal.Code == ErrorCode.ResourceNotFound)
        {
            return false;
        }
    }

    /// <summary>What may mislead a tuning job about its parents; nothing for one without parents, and from a server that can't say.</summary>
    public async Task<IReadOnlyList<string>> WarmStartWarningsAsync(
        string name, HyperParameterTuningJobWarmStartConfig? warmStart, CancellationToken cancellationToken) => warmStart is null
        ? []
        : await ElseNothingAsync(async () => (await _client.DescribeWarmStartAsync(name, cancellationToken)).Warnings, cancellationToken);

    public Task<StopHyperParameterTuningJobResponse> StopTuningJobAsync(string name, CancellationToken cancellationToken) =>
        ReachAsync(() => _client.StopHyperParameterTuningJobAsync(name, cancellationToken), cancellationToken);

    public Task<DescribeTrainingJobResponse> DescribeTrainingJobAsync(string name, CancellationToken cancellationToken) =>
        ReachAsync(() => _client.DescribeTrainingJobAsync(name, cancellationToken), cancellationToken);

    public Task<ImportTuningJobResponse> ImportTuningJobAsync(ImportTuningJobRequest request, CancellationToken cancellationToken) =>
        ReachAsync(() => _client.ImportTuningJobAsync(request, cancellationToken), cancellationToken);

    public Task<ExportTuningJobResponse> ExportTuningJobAsync(string name, CancellationToken cancellationToken) =>
        ReachAsync(() => _client.ExportTuningJobAsync(name, cancellationToken), cancellationToken);

    /// <summary>Tuning jobs, newest first.</summary>
    public Task<IReadOnlyList<HyperParameterTuningJobSummary>> ListTuningJobsAsync(int limit, CancellationToken cancellationToken)
    {
        var request = new ListHyperParameterTuningJobsRequest
        {
            SortBy = "CreationTime",
            SortOrder = "Descending",
            MaxResults = Math.Min(PageSize, limit),
        };
        return ReachAsync(
            () => TakeAsync(_client.AllHyperParameterTuningJobsAsync(request, cancellationToken), limit, cancellationToken), cancellationToken);
    }

    /// <summary>All training jobs of a tuning job, in the order in which they were launched.</summary>
    public Task<IReadOnlyList<HyperParameterTrainingJobSummary>> ListTrainingJobsAsync(
        string tuningJobName, CancellationToken cancellationToken)
    {
        var request = new ListTrainingJobsForHyperParameterTuningJobRequest
        {
            HyperParameterTuningJobName = tuningJobName,
            SortBy = "CreationTime",
            SortOrder = "Ascending",
            MaxResults = PageSize,
        };
        return ReachAsync(
            () => TakeAsync(
                _client.AllTrainingJobsForHyperParameterTuningJobAsync(request, cancellationToken), int.MaxValue, cancellationToken),
            cancellationToken);
    }

    /// <summary>The next page of a training job's log; the token that was sent comes back when there is nothing new.</summary>
    public Task<GetLogEventsResponse> ReadLogAsync(string trainingJob, string? token, CancellationToken cancellationToken)
    {
        var request = new GetLogEventsRequest
        {
            LogGroupName = "/aws/sagemaker/TrainingJobs",
            LogStreamName = $"{trainingJob}/algo-1",
            NextToken = token,
            StartFromHead = true,
        };
        return FindAsync(
            trainingJob,
            () => _client.CallAsync<GetLogEventsRequest, GetLogEventsResponse>("Logs_20140328.GetLogEvents", request, cancellationToken),
            cancellationToken);
    }

    /// <summary>The server's sentence for what it doesn't have names nothing, as AWS's.</summary>
    private async Task<T> FindAsync<T>(string trainingJob, Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ReachAsync(ask, cancellationToken);
        }
        catch (ApiException missing) when (missing.Code == ErrorCode.ResourceNotFoundException || missing.Message == NotFound)
        {
            throw new CommandException(
                missing.Code.ToString(),
                $"There is no training job \"{trainingJob}\", or its program has not started yet. 'rekindle trials TUNINGJOB' lists those of a tuning job.",
                inner: missing);
        }
    }

    private static async Task<IReadOnlyList<T>> TakeAsync<T>(IAsyncEnumerable<T> items, int limit, CancellationToken cancellationToken)
    {
        var list = new List<T>();
        await foreach (var item in items.WithCancellation(cancellationToken))
        {
            list.Add(item);
            if (list.Count == limit)
            {
                break;
            }
        }

        return list;
    }

    private static Credentials? CredentialsOf(Shell shell) =>
        shell.Variable("AWS_ACCESS_KEY_ID") is { Length: > 0 } id && shell.Variable("AWS_SECRET_ACCESS_KEY") is { Length: > 0 } secret
            ? new Credentials(id, secret, shell.Variable("AWS_SESSION_TOKEN"))
            : null;

    private async Task<IReadOnlyList<T>> ElseNothingAsync<T>(Func<Task<IReadOnlyList<T>?>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ReachAsync(ask, cancellationToken) ?? [];
        }
        catch (ApiException refusal) when (refusal.Code == ErrorCode.UnknownOperationException)
        {
            // AWS itself, or an older server.
            return [];
        }
    }

    private async Task<T> ReachAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask();
        }
        catch (HttpRequestException failure)
        {
            throw Unreachable(failure);
        }
        catch (OperationCanceledException failure) when (!cancellationToken.IsCancellationRequested)
        {
            // The time limit of a call.
            throw Unreachable(failure);
        }
    }

    private CommandException Unreachable(Exception failure) => new(
        UnreachableCode,
        $"No server answers at {Endpoint.ToString().TrimEnd('/')}. Start one with \"rekindle serve\", "
        + "or name another with --endpoint or REKINDLE_ENDPOINT.",
        inner: failure);
}
