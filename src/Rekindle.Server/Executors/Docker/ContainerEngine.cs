using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace Rekindle.Server.Executors.Docker;

/// <summary>Docker's daemon or podman's service, as far as it is needed. Every error is one of three: unreachable, refused for good, or such as may pass.</summary>
internal sealed class ContainerEngine : IDisposable
{
    private const int MostPulls = 3;
    private const int BufferBytes = 64 << 10;

    private static readonly TimeSpan BetweenPulls = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RemovalTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);

    // What runtimes say of a program that is not in its image or not for this machine, whatever status the engine gives it.
    private static readonly string[] UsersFaults =
    [
        "executable file not found", "exec format error", "no such file or directory", "permission denied", "not a directory", "is a directory",
        "unable to find user", "no matching entries in passwd file", "argument list too long",
    ];

    private readonly string _endpoint;
    private readonly TimeProvider _time;
    private readonly DockerClientConfiguration _configuration;
    private readonly DockerClient _client;

    // Whether containers get a first process that hands signals on and takes in orphans. Engines bring one along, as a rule.
    private volatile bool _hasInit = true;
    private bool? _isPodman;

    /// <exception cref="FormatException">The endpoint is no address of an engine.</exception>
    public ContainerEngine(string endpoint, TimeProvider time)
    {
        if (Refuse(endpoint) is { } problem) throw new FormatException(problem);
        _endpoint = endpoint;
        _time = time;
        _configuration = new DockerClientConfiguration(new Uri(endpoint));
        _client = _configuration.CreateClient();
    }

    /// <summary>Its address.</summary>
    public string Endpoint => _endpoint;

    /// <summary>Why an endpoint is no address of an engine; null when it is one.</summary>
    public static string? Refuse(string endpoint) =>
        Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "unix" or "tcp" or "http"
            ? null
            : $"The container engine's address '{endpoint}' (the setting Docker:Endpoint, else the variable DOCKER_HOST) must look like {DockerExecutorOptions.DefaultEndpoint} or tcp://HOST:PORT.";

    /// <summary>Makes sure that the engine has the image.</summary>
    /// <param name="image">Its name.</param>
    /// <param name="pulling">Called when it has to be downloaded.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="EngineRefusalException">It is not there and can't be had.</exception>
    public async Task EnsureImageAsync(string image, Action pulling, CancellationToken cancellationToken)
    {
        if (await HasImageAsync(image, cancellationToken)) return;
        pulling();
        var reference = ImageReference.Parse(image);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                string? problem = null;
                await AskAsync(
                    () => _client.Images.CreateImageAsync(
                        new ImagesCreateParameters { FromImage = reference.Name, Tag = reference.Tag },
                        RegistryLogins.Find(reference.Registry),
                        new Heard<JSONMessage>(message => problem = message.Error?.Message ?? problem),
                        cancellationToken),
                    cancellationToken);
                if (problem is not null) throw new EngineRefusalException(problem);
                if (await HasImageAsync(image, cancellationToken)) return;
                throw new EngineRefusalException("it was pulled, and is not there");
            }
            catch (Exception refusal) when (refusal is EngineRefusalException or EngineErrorException)
            {
                // What is not there, or for others, is not there the next time either; the rest may be the network's.
                if (refusal is EngineErrorException && attempt < MostPulls)
                {
                    await Task.Delay(BetweenPulls * attempt, _time, cancellationToken);
                    continue;
                }

                throw new EngineRefusalException(
                    $"The training image \"{image}\" is not on the container engine at {_endpoint} and could not be pulled: {refusal.Message.TrimEnd('.')}. "
                    + "Check its name, log in to its registry with 'docker login', or bring it there with 'docker pull' or 'docker load'.");
            }
        }
    }

    /// <summary>Null when there is none of that name or number.</summary>
    public async Task<ContainerState?> FindAsync(string container, CancellationToken cancellationToken)
    {
        try
        {
            return ContainerState.Of(await _client.Containers.InspectContainerAsync(container, cancellationToken));
        }
        catch (DockerContainerNotFoundException)
        {
            return null;
        }
        catch (Exception problem) when (Translate(problem, cancellationToken) is { } known)
        {
            throw known;
        }
    }

    /// <summary>Makes a container without starting it; one of the same name is taken as it is. Its number.</summary>
    /// <exception cref="EngineRefusalException">The engine doesn't take the parameters.</exception>
    public async Task<string> CreateAsync(CreateContainerParameters parameters, CancellationToken cancellationToken)
    {
        while (true)
        {
            parameters.HostConfig.Init = _hasInit;
            parameters.HostConfig.LogConfig.Type = await LogDriverAsync(cancellationToken);
            try
            {
                return (await AskAsync(() => _client.Containers.CreateContainerAsync(parameters, cancellationToken), cancellationToken)).ID;
            }
            catch (Exception refusal) when (refusal is EngineRefusalException or EngineErrorException)
            {
                if (await FindAsync(parameters.Name, cancellationToken) is { } there) return there.Id;
                // A name is taken a moment before its container can be found.
                if (refusal.Message.Contains("already in use", StringComparison.Ordinal)) await Task.Delay(BetweenLooks, _time, cancellationToken);
                else if (!IsInitMissing(refusal.Message)) throw;
            }
        }
    }

    /// <summary>Whether an error says that the engine lacks the first process it was asked for; from then on it is asked for none.</summary>
    public bool IsInitMissing(string message)
    {
        var isMissing = message.Contains("init", StringComparison.Ordinal) && message.Contains("not found", StringComparison.Ordinal)
            && (message.Contains("docker-init", StringComparison.Ordinal) || message.Contains("container-init", StringComparison.Ordinal) || message.Contains("catatonit", StringComparison.Ordinal));
        if (!_hasInit || !isMissing) return false;
        _hasInit = false;
        return true;
    }

    /// <exception cref="EngineRefusalException">The image has no such program, or it can't run here.</exception>
    public Task StartAsync(string id, CancellationToken cancellationToken) =>
        AskAsync(() => _client.Containers.StartContainerAsync(id, new ContainerStartParameters(), cancellationToken), cancellationToken);

    /// <summary>Sends a signal; does nothing when the container doesn't run.</summary>
    public async Task SignalAsync(string id, string signal, CancellationToken cancellationToken)
    {
        try
        {
            await AskAsync(
                async () =>
                {
                    await _client.Containers.KillContainerAsync(id, new ContainerKillParameters { Signal = signal }, cancellationToken);
                    return true;
                },
                cancellationToken);
        }
        catch (Exception gone) when (gone is EngineRefusalException or EngineErrorException)
        {
            if (await FindAsync(id, cancellationToken) is { IsRunning: true }) throw;
        }
    }

    /// <summary>Completes when the container has ended.</summary>
    public async Task WaitAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            await AskAsync(() => _client.Containers.WaitContainerAsync(id, cancellationToken), cancellationToken);
        }
        catch (EngineRefusalException)
        {
            // Gone altogether, so ended.
        }
    }

    /// <summary>Removes a container, running or not; does nothing when there is none.</summary>
    public async Task RemoveAsync(string container, CancellationToken cancellationToken)
    {
        try
        {
            await AskAsync(
                async () =>
                {
                    await _client.Containers.RemoveContainerAsync(
                        container, new ContainerRemoveParameters { Force = true, RemoveVolumes = true }, cancellationToken);
                    return true;
                },
                cancellationToken);
        }
        catch (Exception refusal) when (refusal is EngineRefusalException or EngineErrorException)
        {
            // Another removal may be under way.
            var since = _time.GetTimestamp();
            while (await FindAsync(container, cancellationToken) is not null)
            {
                if (_time.GetElapsedTime(since) > RemovalTimeout) throw;
                await Task.Delay(BetweenLooks, _time, cancellationToken);
            }
        }
    }

    /// <summary>Hands the output to <paramref name="log"/>, from its very beginning.</summary>
    /// <param name="id">The container.</param>
    /// <param name="follow">Whether to go on until it has ended.</param>
    /// <param name="log">Who takes it.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>How much that was.</returns>
    public async Task<OutputLength> ReadLogAsync(string id, bool follow, ContainerLog log, CancellationToken cancellationToken)
    {
        var parameters = new ContainerLogsParameters { ShowStdout = true, ShowStderr = true, Follow = follow, Tail = "all" };
        using var stream = await AskAsync(() => _client.Containers.GetContainerLogsAsync(id, tty: false, parameters, cancellationToken), cancellationToken);
        await using var cut = cancellationToken.Register(stream.Dispose);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        var length = default(OutputLength);
        try
        {
            while (await AskAsync(() => stream.ReadOutputAsync(buffer, 0, buffer.Length, cancellationToken), cancellationToken) is { EOF: false } read)
            {
                log.Write(buffer.AsSpan(0, read.Count));
                length = length.And(read.Target == MultiplexedStream.TargetStream.StandardError, read.Count);
            }

            return length;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Listens to what a container that was not started yet will print. Null where that is not needed, as podman's log is whole, or not possible.</summary>
    public async Task<ContainerOutput?> TryAttachAsync(string container, CancellationToken cancellationToken)
    {
        if (await IsPodmanAsync(cancellationToken)) return null;
        var parameters = new ContainerAttachParameters { Stream = true, Stdout = true, Stderr = true };
        try
        {
            return new ContainerOutput(await AskAsync(
                () => _client.Containers.AttachContainerAsync(container, tty: false, parameters, cancellationToken), cancellationToken));
        }
        catch (Exception refusal) when (refusal is EngineRefusalException or EngineErrorException)
        {
            return null;
        }
    }

    /// <summary>Whether a log can be followed. podman's service loses parts of lines where what was written before meets what is written now.</summary>
    public async Task<bool> FollowsLogsAsync(CancellationToken cancellationToken) => !await IsPodmanAsync(cancellationToken);

    /// <summary>The names under which containers with a label are known, each with the value of another label.</summary>
    public async Task<IReadOnlyList<(string Id, string Value)>> ListAsync(string label, string value, string named, CancellationToken cancellationToken)
    {
        var parameters = new ContainersListParameters
        {
            All = true,
            Filters = new Dictionary<string, IDictionary<string, bool>> { ["label"] = new Dictionary<string, bool> { [$"{label}={value}"] = true } },
        };
        var found = await AskAsync(() => _client.Containers.ListContainersAsync(parameters, cancellationToken), cancellationToken);
        return [.. found.Where(container => container.Labels.ContainsKey(named)).Select(container => (container.ID, container.Labels[named]))];
    }

    public void Dispose()
    {
        _client.Dispose();
        _configuration.Dispose();
    }

    private async Task<bool> HasImageAsync(string image, CancellationToken cancellationToken)
    {
        try
        {
            await _client.Images.InspectImageAsync(image, cancellationToken);
            return true;
        }
        catch (DockerImageNotFoundException)
        {
            return false;
        }
        catch (DockerApiException invalid) when (invalid.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }
        catch (Exception problem) when (Translate(problem, cancellationToken) is { } known)
        {
            throw known;
        }
    }

    // Docker's driver "local" loses the ends of long lines, and podman knows no driver of that name.
    private async Task<string> LogDriverAsync(CancellationToken cancellationToken) => await IsPodmanAsync(cancellationToken) ? "k8s-file" : "json-file";

    private async Task<bool> IsPodmanAsync(CancellationToken cancellationToken)
    {
        if (_isPodman is { } known) return known;
        var version = await AskAsync(() => _client.System.GetVersionAsync(cancellationToken), cancellationToken);
        var isPodman = version.Components?.Any(component => component.Name.Contains("podman", StringComparison.OrdinalIgnoreCase)) is true;
        _isPodman = isPodman;
        return isPodman;
    }

    private async Task<T> AskAsync<T>(Func<Task<T>> question, CancellationToken cancellationToken)
    {
        try
        {
            return await question();
        }
        catch (Exception problem) when (Translate(problem, cancellationToken) is { } known)
        {
            throw known;
        }
    }

    private async Task AskAsync(Func<Task> question, CancellationToken cancellationToken) => await AskAsync(
        async () =>
        {
            await question();
            return true;
        },
        cancellationToken);

    /// <summary>Null for what is not the engine's doing: cancellation, and faults of the program.</summary>
    private Exception? Translate(Exception problem, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return problem is OperationCanceledException ? null : new OperationCanceledException(cancellationToken);
        switch (problem)
        {
            case DockerApiException answer:
                var message = Message(answer);
                var isFinal = (int)answer.StatusCode is >= 400 and < 500 || UsersFaults.Any(fault => message.Contains(fault, StringComparison.OrdinalIgnoreCase));
                return isFinal ? new EngineRefusalException(message) : new EngineErrorException(message, answer);
            case HttpRequestException or SocketException or IOException or TimeoutException or OperationCanceledException or ObjectDisposedException:
                var cause = problem;
                while (cause.InnerException is { } inner) cause = inner;
                var why = cause is OperationCanceledException or TimeoutException ? "it does not answer"
                    : _configuration.EndpointBaseUri is { Scheme: "unix", LocalPath: var socket } && !File.Exists(socket) ? $"there is no file {socket}; start the engine, or set Docker:Endpoint"
                    : cause.Message.TrimEnd('.');
                return new EngineUnreachableException($"the container engine at {_endpoint} can't be reached: {why}", problem);
            default:
                return null;
        }
    }

    private static string Message(DockerApiException answer)
    {
        try
        {
            using var body = System.Text.Json.JsonDocument.Parse(answer.ResponseBody ?? "");
            return body.RootElement.TryGetProperty("message", out var message) ? message.GetString() ?? answer.Message : answer.Message;
        }
        catch (Exception plain) when (plain is System.Text.Json.JsonException or InvalidOperationException)
        {
            return string.IsNullOrWhiteSpace(answer.ResponseBody) ? answer.Message : answer.ResponseBody.Trim();
        }
    }

    /// <summary>Hears at once, where <see cref="Progress{T}"/> would post what was said for later.</summary>
    private sealed class Heard<T>(Action<T> hear) : IProgress<T>
    {
        public void Report(T value) => hear(value);
    }
}
