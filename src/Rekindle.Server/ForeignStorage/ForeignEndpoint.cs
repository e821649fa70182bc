using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Rekindle.Server.ForeignStorage;

/// <summary>One bucket elsewhere, asked by S3. What it answers or fails to answer comes out as one of a few exceptions that say whose turn it is.</summary>
internal sealed partial class ForeignEndpoint : IDisposable
{
    private const int MostCharactersSaid = 300;

    /// <summary>More are no input of one training job, and would be in memory all at once.</summary>
    private const int MostListed = 1_000_000;

    // One request, a part of an upload included; downloads are watched by whoever reads them.
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromMinutes(5);

    private readonly ForeignBucket _bucket;
    private readonly string _there;
    private readonly HttpClient _http;
    private readonly AmazonS3Client _client;

    /// <param name="name">The bucket's name, as jobs know it.</param>
    /// <param name="bucket">Where it lies.</param>
    public ForeignEndpoint(string name, ForeignBucket bucket)
    {
        Name = name;
        _bucket = bucket;
        _there = bucket.Name ?? name;
        _http = new HttpClient(new GuardedConnection(bucket.Endpoint, bucket.AllowPrivate)) { Timeout = RequestTimeout };
        var config = new AmazonS3Config
        {
            ServiceURL = bucket.Endpoint.AbsoluteUri,
            ForcePathStyle = true,
            AuthenticationRegion = bucket.Region,
            IgnoreConfiguredEndpointUrls = true,
            AllowAutoRedirect = false,
            DefaultConfigurationMode = DefaultConfigurationMode.Standard,
            MaxErrorRetry = 1,
            // What not every S3 understands is sent to none.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            DisableS3ExpressSessionAuth = true,
            HttpClientFactory = new OneClient(_http),
        };
        // Never the machine's own credentials: who may use the bucket stands in the settings.
        AWSCredentials credentials = bucket is { AccessKeyId: { } id, SecretAccessKey: { } secret } ? new BasicAWSCredentials(id, secret) : new AnonymousAWSCredentials();
        _client = new AmazonS3Client(credentials, config);
    }

    public string Name { get; }

    /// <summary>As people write it.</summary>
    public string Address => _bucket.Address;

    /// <summary>Tells the bucket from all others, whatever jobs call it.</summary>
    public string Identity => $"{Address}\n{_there}";

    /// <summary>All objects whose keys begin with the prefix, in the order of the endpoint.</summary>
    public async Task<IReadOnlyList<ListedObject>> ListAsync(string prefix, CancellationToken cancellationToken)
    {
        var found = new List<ListedObject>();
        string? next = null;
        do
        {
            var request = new ListObjectsV2Request { BucketName = _there, Prefix = prefix, ContinuationToken = next };
            var page = await AskAsync(prefix, token => _client.ListObjectsV2Async(request, token), cancellationToken);
            found.AddRange((page.S3Objects ?? []).Select(item => new ListedObject(item.Key, item.ETag ?? "", Math.Max(0, item.Size ?? 0))));
            var last = next;
            next = page.IsTruncated == true ? page.NextContinuationToken : null;
            if (found.Count > MostListed || (next is not null && next == last))
            {
                throw new EndpointRefusedException(
                    "TooMany", string.Create(CultureInfo.InvariantCulture, $"the bucket \"{Name}\" at {Address} lists more than {MostListed} objects under \"{prefix}\", or the same page again and again"));
            }
        }
        while (next is not null);
        return found;
    }

    /// <summary>One object; null when there is none.</summary>
    public async Task<ListedObject?> FindAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            var request = new GetObjectMetadataRequest { BucketName = _there, Key = key };
            var answer = await AskAsync(key, token => _client.GetObjectMetadataAsync(request, token), cancellationToken);
            return new ListedObject(key, answer.ETag ?? "", answer.ContentLength);
        }
        catch (EndpointRefusedException refused) when (refused.Code is "NotFound" or "NoSuchKey")
        {
            return null;
        }
    }

    /// <summary>The content of an object as it was listed, and the byte that it begins at: 0 also where an endpoint takes no wish for a part of it.</summary>
    /// <exception cref="ObjectChangedException">It is another by now.</exception>
    public async Task<(Stream Content, long From)> OpenAsync(ListedObject item, long from, CancellationToken cancellationToken)
    {
        var request = new GetObjectRequest { BucketName = _there, Key = item.Key, EtagToMatch = item.ETag.Length == 0 ? null : item.ETag };
        if (from > 0) request.ByteRange = new ByteRange(from, item.Size - 1);
        try
        {
            var answer = await AskAsync(item.Key, token => _client.GetObjectAsync(request, token), cancellationToken);
            if (item.ETag.Length > 0 && answer.ETag is { Length: > 0 } tag && tag != item.ETag)
            {
                await TryCloseAsync(answer.ResponseStream);
                throw new ObjectChangedException(item.Key);
            }

            var isPart = answer.HttpStatusCode == HttpStatusCode.PartialContent
                && answer.ContentRange?.StartsWith(string.Create(CultureInfo.InvariantCulture, $"bytes {from}-"), StringComparison.OrdinalIgnoreCase) is true;
            return (answer.ResponseStream, isPart ? from : 0);
        }
        catch (EndpointRefusedException refused) when (refused.Code is "NoSuchKey" or "PreconditionFailed" or "InvalidRange")
        {
            throw new ObjectChangedException(item.Key);
        }
    }

    /// <summary>Closes a content; the client holds what was read against its hash only then.</summary>
    /// <returns>What it found; null when nothing is wrong.</returns>
    public static async Task<Exception?> TryCloseAsync(Stream content)
    {
        try
        {
            await content.DisposeAsync();
            return null;
        }
        catch (AmazonClientException corrupt)
        {
            return corrupt;
        }
    }

    /// <summary>What a failed exchange means, in a sentence with the endpoint's address.</summary>
    public EndpointAwayException Away(Exception failure) => new($"The S3 endpoint {Address} can't be reached: {Reason(failure)}");

    public void Dispose()
    {
        _client.Dispose();
        _http.Dispose();
    }

    private async Task<T> AskAsync<T>(string key, Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask(cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            throw Judge(key, failure);
        }
    }

    private Exception Judge(string key, Exception failure)
    {
        if (Chain(failure).OfType<ForbiddenAddressException>().FirstOrDefault() is { } forbidden)
        {
            return new EndpointRefusedException("ForbiddenAddress", $"The endpoint {Address} is not asked: {forbidden.Message}.");
        }

        if (failure is not AmazonServiceException { StatusCode: not 0 } answer) return Away(failure);
        var said = $"{(string.IsNullOrEmpty(answer.ErrorCode) ? answer.StatusCode.ToString() : answer.ErrorCode)}: {Cut(answer.Message)}";
        if (answer.StatusCode >= HttpStatusCode.InternalServerError
            || answer.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
            || answer.ErrorCode is "SlowDown" or "RequestTimeout" or "Throttling")
        {
            return new EndpointAwayException($"The S3 endpoint {Address} is in trouble and answers {said}");
        }

        var code = answer switch
        {
            { StatusCode: HttpStatusCode.PreconditionFailed } => "PreconditionFailed",
            { ErrorCode: { Length: > 0 } given } => given,
            _ => answer.StatusCode.ToString(),
        };
        return new EndpointRefusedException(code, $"The endpoint {Address} answered for \"{key}\" in the bucket \"{_there}\": {said}");
    }

    private static IEnumerable<Exception> Chain(Exception? failure)
    {
        for (; failure is not null; failure = failure.InnerException) yield return failure;
    }

    // The innermost words say most: "connection refused" rather than "an error while sending".
    private static string Reason(Exception failure) =>
        failure is TaskCanceledException or TimeoutException ? "it does not answer in time"
        : Chain(failure).OfType<SocketException>().FirstOrDefault() is { } socket ? Cut(socket.Message)
        : Cut(Chain(failure).Last().Message);

    private static string Cut(string text) => text.Length <= MostCharactersSaid ? text : text[..MostCharactersSaid];

    /// <summary>Gives the client of S3 our way to connect, once and for all.</summary>
    private sealed class OneClient(HttpClient client) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => client;

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;
    }
}
