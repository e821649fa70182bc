using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Storage;

/// <summary>The direction of statuses, in SQL: InProgress, Stopping, then the terminal ones, which are all last.</summary>
internal static class StatusSql
{
    /// <summary>Condition on the column <c>status</c>. Word for word that of the partial indexes, so that they are used.</summary>
    public const string Open = "status IN ('InProgress', 'Stopping')";

    /// <summary>The row's status as a number to compare with <see cref="Rank(TrainingJobStatus)"/>.</summary>
    public const string RankOfRow = "(CASE status WHEN 'InProgress' THEN 0 WHEN 'Stopping' THEN 1 ELSE 2 END)";

    public static long Rank(TrainingJobStatus status) => Math.Min((int)status, 2);

    public static long Rank(TuningJobStatus status) => Math.Min((int)status, 2);

    public static bool IsTerminal(TuningJobStatus status) => Rank(status) == 2;

    public static bool IsTerminal(TrainingJobStatus status) => Rank(status) == 2;
}
