using Spectre.Console.Testing;

namespace Rekindle.Cli.Tests.Commands;

/// <summary>A terminal that nobody types into, and Ctrl-C.</summary>
public sealed class InterruptionTests
{
    [Theory]
    [InlineData("plan", "-")]
    [InlineData("create", "-")]
    [InlineData("import", "-", "--objective", "x", "--goal", "min")]
    public async Task Ends_a_command_that_waits_for_standard_input(params string[] arguments)
    {
        using var silence = new Silence();
        using var console = new TestConsole();
        await using var output = new StringWriter();
        await using var errors = new StringWriter();
        using var interrupt = new CancellationTokenSource();
        var shell = new Shell
        {
            In = silence,
            OpenIn = () => new SilentStream(silence),
            Out = output,
            Error = errors,
            Console = console,
            Variable = _ => null,
            Clock = TimeProvider.System,
        };

        var running = RekindleProgram.RunAsync(arguments, shell, interrupt.Token);
        await silence.IsListenedTo.WaitAsync(TestContext.Current.CancellationToken);
        await interrupt.CancelAsync();

        Assert.NotEqual(0, await running.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
    }

    private sealed class Silence : TextReader
    {
        private readonly ManualResetEventSlim _end = new();
        private readonly TaskCompletionSource _listened = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task IsListenedTo => _listened.Task;

        public override string ReadToEnd()
        {
            _listened.TrySetResult();
            _end.Wait();
            return "";
        }

        public override Task<string> ReadToEndAsync(CancellationToken cancellationToken) => Task.FromResult(ReadToEnd());

        protected override void Dispose(bool disposing)
        {
            _end.Set();
            base.Dispose(disposing);
        }
    }

    private sealed class SilentStream(Silence silence) : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            silence.ReadToEnd();
            return new ValueTask<int>(0);
        }
    }
}
