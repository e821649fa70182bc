using System.Globalization;
using System.Runtime.InteropServices;
using Rekindle.Algorithms;

if (args is not [var algorithm, "train"] || TrainingPrograms.Find(algorithm) is not { } train)
{
    Console.Error.WriteLine($"usage: rekindle-algorithms ALGORITHM train, where ALGORITHM is one of {string.Join(", ", TrainingPrograms.Names)}");
    return 2;
}

var folders = new OptMl(Environment.GetEnvironmentVariable("REKINDLE_OPT_ML") is { Length: > 0 } root ? root : "/opt/ml");
using var stop = new CancellationTokenSource();
using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
try
{
    train(folders, Console.Out, Threads(), stop.Token);
    return 0;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    // Stopped before there was anything to save.
    return 0;
}
catch (ClientErrorException error)
{
    return Fail($"ClientError: {error.Message}");
}
catch (OutOfMemoryException)
{
    return Fail("ClientError: There is not enough memory for this data with these hyperparameters.");
}
catch (Exception error)
{
    // The last border of the process: whatever it is, the platform must learn the reason.
    Console.Error.WriteLine(error);
    return Fail($"AlgorithmError: {error.Message}");
}

void Stop(PosixSignalContext context)
{
    // The training loop ends by itself, after saving.
    context.Cancel = true;
    stop.Cancel();
}

int Fail(string reason)
{
    Console.Error.WriteLine(reason);
    try
    {
        folders.WriteFailure(reason);
    }
    catch (Exception error) when (error is IOException or UnauthorizedAccessException)
    {
        // The log has the reason; the exit code must still tell a failure.
        Console.Error.WriteLine($"The failure file cannot be written: {error.Message}");
    }

    return 1;
}

static int Threads()
{
    var text = Environment.GetEnvironmentVariable("REKINDLE_THREADS");
    if (string.IsNullOrEmpty(text)) return 1;
    return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var threads) && threads is >= 1 and <= 256
        ? threads
        : throw new ClientErrorException($"REKINDLE_THREADS: '{text}' must be a whole number from 1 to 256.");
}
