namespace Rekindle.Server.TrainingJobs;

/// <summary>
/// <c>/opt/ml/output/metrics.jsonl</c>, where a program may say its metrics besides its log, a JSON object a line. The program may put
/// anything there: nothing but a regular file in a folder of its own is opened, and no more of it is read than of a log.
/// </summary>
internal static class MetricsFile
{
    public const string Path = "/opt/ml/output/metrics.jsonl";

    /// <summary>The offsets of its readings begin here, beyond those of any log.</summary>
    public const long FirstOffset = 1L << 60;

    /// <summary>Whole lines from <paramref name="position"/> on.</summary>
    /// <param name="job">The program's folder.</param>
    /// <param name="position">Byte position in the file.</param>
    /// <param name="cap">What is beyond is not read.</param>
    /// <param name="complete">Whether nothing more will be written: then a last line needs no end.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public static async Task<LogLines> ReadAsync(JobFolder job, long position, long cap, bool complete, CancellationToken cancellationToken)
    {
        using var handle = FileSystem.TryOpenFile(job.Output, "metrics.jsonl");
        if (handle is null) return new LogLines([], position, false);
        await using var file = new FileStream(handle, FileAccess.Read, bufferSize: 0, isAsync: false);
        return await LogReader.ReadLinesAsync(file, position, cap, complete, cancellationToken);
    }
}
