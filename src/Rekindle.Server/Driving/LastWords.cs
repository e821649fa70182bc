using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Driving;

/// <summary>What a program printed last: of one that failed and wrote no reason, mostly the reason.</summary>
internal static class LastWords
{
    internal const int MostCharacters = 400;

    /// <summary>The last line of the log that is not blank, shortened; null when there is none, or the log can't be read.</summary>
    public static async Task<string?> ReadAsync(IExecutor executor, string name, CancellationToken cancellationToken)
    {
        try
        {
            var page = await executor.ReadLogAsync(name, long.MaxValue, backwards: true, cancellationToken);
            var line = page.Lines.Select(line => Plain(line.Text)).LastOrDefault(text => text.Length > 0);
            return line is null || line.Length <= MostCharacters ? line : line[..(char.IsHighSurrogate(line[MostCharacters - 1]) ? MostCharacters - 1 : MostCharacters)];
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Plain(string line) => string.Concat(MetricScraper.WithoutAnsi(line).Where(c => !char.IsControl(c) || c == '\t')).Trim();
}
