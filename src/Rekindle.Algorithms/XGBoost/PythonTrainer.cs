using System.Buffers.Binary;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Rekindle.Algorithms.Tabular;

namespace Rekindle.Algorithms.XGBoost;

/// <summary>Runs the Python program that comes with this one, in the first Python that has XGBoost.</summary>
internal static class PythonTrainer
{
    /// <summary>Names a Python to use instead of those that are found.</summary>
    public const string PythonVariable = "REKINDLE_PYTHON";

    private const char Control = '\x1e';
    private const string Absent = "xgboost needs a Python that can import xgboost. Install Debian's with 'apt-get install python3-xgboost', or "
        + "'pip install xgboost' into the python3 on the PATH of the server.";

    private static string Script => Path.Combine(AppContext.BaseDirectory, "python", "xgboost_train.py");

    /// <summary>Trains; prints the program's lines. When cancelled the program saves and ends.</summary>
    /// <exception cref="ClientErrorException">No Python has XGBoost, or XGBoost refuses the training.</exception>
    public static void Run(
        byte[] plan, IReadOnlyList<(string Name, Table Table)> sets, int threads, TextWriter output, CancellationToken cancellation)
    {
        var tried = new List<string>();
        foreach (var python in Pythons())
        {
            cancellation.ThrowIfCancellationRequested();
            using var process = Start(python, threads);
            if (process is null)
            {
                tried.Add($"{python}: not found");
                continue;
            }

            try
            {
                var (kind, text) = Parse(process.StandardOutput.ReadLine());
                if (kind == "ready")
                {
                    output.WriteLine($"XGBoost {text}");
                    Train(process, plan, sets, output, cancellation);
                    return;
                }

                tried.Add($"{python}: {(text.Length > 0 ? text : "it does not start")}");
            }
            finally
            {
                process.Kill(entireProcessTree: true);
            }
        }

        throw new ClientErrorException($"{Absent} Tried {string.Join("; ", tried)}.");
    }

    private static IEnumerable<string> Pythons() =>
        Environment.GetEnvironmentVariable(PythonVariable) is { Length: > 0 } chosen ? [chosen] : ["python3", "/usr/bin/python3"];

    private static Process? Start(string python, int threads)
    {
        var start = new ProcessStartInfo(python, [Script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment.TryAdd("OMP_NUM_THREADS", threads.ToString(System.Globalization.CultureInfo.InvariantCulture));
        try
        {
            return Process.Start(start);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    private static void Train(
        Process process, byte[] plan, IReadOnlyList<(string Name, Table Table)> sets, TextWriter output, CancellationToken cancellation)
    {
        using var ended = new ManualResetEvent(false);
        // Both ends may block: this one on what it sends, the other on what it prints.
        var sender = new Thread(() => Send(process, plan, sets, [ended, cancellation.WaitHandle]));
        sender.Start();
        string? refusal = null;
        try
        {
            while (process.StandardOutput.ReadLine() is { } line)
            {
                if (line.StartsWith(Control))
                {
                    refusal = Parse(line).Text;
                }
                else
                {
                    output.WriteLine(line);
                    // The tuning service reads along.
                    output.Flush();
                }
            }
        }
        finally
        {
            ended.Set();
            sender.Join();
        }

        process.WaitForExit();
        if (refusal is not null) throw new ClientErrorException($"XGBoost refuses this training: {refusal}");
        if (process.ExitCode != 0) throw new InvalidOperationException($"XGBoost ended with exit code {process.ExitCode}; the log says more.");
    }

    private static void Send(Process process, byte[] plan, IReadOnlyList<(string Name, Table Table)> sets, WaitHandle[] ends)
    {
        try
        {
            using var input = process.StandardInput.BaseStream;
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, plan.Length);
            input.Write(length);
            input.Write(plan);
            foreach (var (_, table) in sets)
            {
                Write(input, table.Labels);
                if (table.Weights is { } weights) Write(input, weights);
                Write(input, table.Features);
            }

            input.Flush();
            // Open as long as the training may go on; its end tells the program to stop, also when this process is killed.
            WaitHandle.WaitAny(ends);
        }
        catch (IOException)
        {
            // The program has ended already; its exit code says why.
        }
    }

    private static void Write(Stream stream, float[] numbers)
    {
        const int Most = 1 << 20;
        for (var from = 0; from < numbers.Length; from += Most)
            stream.Write(MemoryMarshal.AsBytes<float>(numbers.AsSpan(from, Math.Min(Most, numbers.Length - from))));
    }

    private static (string Kind, string Text) Parse(string? line)
    {
        if (line is not [Control, ..]) return ("", line ?? "");
        var parts = line[1..].Split(' ', 2);
        return (parts[0], parts[^1].Trim());
    }
}
