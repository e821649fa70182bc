using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Driving;

/// <summary>Reads the log of a training job that ended without its objective once more, and says which line came nearest to it.</summary>
internal static class MissingObjective
{
    /// <summary>A longer log is looked at so far: whoever prints so much has printed the metric by then.</summary>
    internal const int MostLines = 50_000;

    private const int MostNames = 10;

    /// <summary>A user waits for the end, not for this.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Sentences for the status; none when the log can't be read, or takes too long.</summary>
    public static async Task<IReadOnlyList<string>> ExplainAsync(
        IExecutor executor, TrainingJob job, string objectiveMetric, TimeProvider time, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await ReadAsync(executor, job, objectiveMetric, time, either.Token);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return [];
        }
    }

    private static async Task<IReadOnlyList<string>> ReadAsync(
        IExecutor executor, TrainingJob job, string objectiveMetric, TimeProvider time, CancellationToken cancellationToken)
    {
        var diagnoses = job.Definition.MetricDefinitions
            .Where(metric => metric.Name == objectiveMetric)
            .Select(metric => new MetricDiagnosis(metric, time))
            .ToList();
        var (position, lines) = (0L, 0);
        while (diagnoses.Count > 0)
        {
            var page = await executor.ReadLogAsync(job.Name, position, backwards: false, cancellationToken);
            foreach (var line in page.Lines)
            {
                foreach (var diagnosis in diagnoses) diagnosis.Read(line.Text, cancellationToken);
            }

            lines += page.Lines.Count;
            if (page.NextPosition == position || lines >= MostLines) break;
            position = page.NextPosition;
        }

        return [.. diagnoses.Select(diagnosis => diagnosis.Problem()).OfType<string>(), .. await ReadFileAsync(executor, job.Name, cancellationToken)];
    }

    private static async Task<IReadOnlyList<string>> ReadFileAsync(IExecutor executor, string name, CancellationToken cancellationToken)
    {
        var (position, lines, damaged) = (0L, 0, 0);
        var names = new SortedSet<string>(StringComparer.Ordinal);
        while (lines < MostLines)
        {
            var page = await executor.ReadMetricsAsync(name, position, complete: true, cancellationToken);
            foreach (var line in page.Lines)
            {
                lines++;
                var values = MetricLines.Parse(line);
                if (values.Count == 0) damaged++;
                if (names.Count < MostNames) names.UnionWith(values.Keys.Take(MostNames));
            }

            if (page.NextPosition == position) break;
            position = page.NextPosition;
        }

        if (lines == 0) return [];
        var given = names.Count == 0 ? "none gives a number" : $"they give: {string.Join(", ", names.Take(MostNames))}";
        return [$"{MetricsFile.Path} has {lines} lines, {damaged} of them without a number; {given}."];
    }
}
