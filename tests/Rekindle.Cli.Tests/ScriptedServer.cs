using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Spectre.Console.Testing;

namespace Rekindle.Cli.Tests;

/// <summary>A server that says what a test wrote for it, and the shell of a user who asks it.</summary>
internal sealed class ScriptedServer : HttpMessageHandler
{
    private const int TerminalWidth = 80;

    /// <summary>For a command that should have ended and did not, such as a server that started.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, Queue<string?>> _answers = new(StringComparer.Ordinal);

    /// <summary>Every question in order: the operation without its prefix, and the request.</summary>
    public List<(string Operation, JsonNode Request)> Asked { get; } = [];

    public string StandardInput { get; init; } = "";

    public int Width { get; init; } = TerminalWidth;

    /// <summary>What every answer takes, by the shell's clock.</summary>
    public TimeSpan Delay { get; init; }

    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal);

    /// <summary>Addresses that were asked.</summary>
    public HashSet<string> Hosts { get; } = new(StringComparer.Ordinal);

    /// <summary>The clock of the shell: whoever waits finds the time passed at once.</summary>
    public LeapingClock Clock { get; } = new();

    /// <param name="operation">Its name without prefix.</param>
    /// <param name="answers">One after the other, the last again and again; null: nobody answers.</param>
    public ScriptedServer On(string operation, params string?[] answers)
    {
        _answers[operation] = new Queue<string?>(answers);
        return this;
    }

    public async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        await using var output = new StringWriter();
        await using var errors = new StringWriter();
        using var console = new TestConsole();
        console.Profile.Width = Width;
        using var input = new StringReader(StandardInput);
        var shell = new Shell
        {
            In = input,
            Out = output,
            Error = errors,
            Console = console,
            Variable = Variables.GetValueOrDefault,
            Clock = Clock,
            Network = this,
        };
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        var code = await RekindleProgram.RunAsync(arguments, shell, patience.Token);
        return (code, output + console.Output, errors.ToString());
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var operation = request.Headers.GetValues("X-Amz-Target").Single().Split('.')[1];
        Asked.Add((operation, JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!));
        Hosts.Add(request.RequestUri!.Authority);
        Clock.Pass(Delay);
        var answers = _answers.GetValueOrDefault(operation)
            ?? new Queue<string?>([$$"""{"__type":"UnknownOperationException","message":"The test has no answer to {{operation}}."}"""]);
        var answer = answers.Count > 1 ? answers.Dequeue() : answers.Peek();
        return answer is null
            ? throw new HttpRequestException("Connection refused")
            : new HttpResponseMessage(answer.Contains("\"__type\"", StringComparison.Ordinal) ? HttpStatusCode.BadRequest : HttpStatusCode.OK)
            {
                Content = new StringContent(answer, Encoding.UTF8, "application/x-amz-json-1.1"),
            };
    }

    /// <summary>Time passes only by waiting for it, and then in no time.</summary>
    internal sealed class LeapingClock : TimeProvider
    {
        private long _ticks;

        public void Pass(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);

        public TimeSpan Waited => TimeSpan.FromTicks(Interlocked.Read(ref _ticks));

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref _ticks);

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + Waited;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Add(ref _ticks, Math.Max(0, dueTime.Ticks));
            ThreadPool.QueueUserWorkItem(_ => callback(state));
            return new Fired();
        }

        private sealed class Fired : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
