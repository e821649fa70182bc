using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.Storage.Contract;

/// <summary>What a store of training jobs is to do, in the plainest way that can be written.</summary>
internal sealed class TrainingJobModel
{
    public List<Row> Rows { get; } = [];

    public Row? Find(string name) => Rows.SingleOrDefault(row => !row.Deleted && Same(row.Name, name));

    public void Add(long id, string name, DateTimeOffset time) => Rows.Add(new Row(id, name, time));

    public IEnumerable<Row> List(TrainingJobQuery query)
    {
        var rows = Rows.Where(row => !row.Deleted
            && (query.NameContains is null || row.Name.Contains(query.NameContains, StringComparison.OrdinalIgnoreCase))
            && (query.Status is null || row.Status == query.Status)
            && (query.SortBy != TrainingJobSort.FinalObjectiveMetricValue || row.ObjectiveStatus == ObjectiveStatus.Succeeded));
        var sorted = query.SortBy switch
        {
            TrainingJobSort.CreationTime => rows.OrderBy(row => row.CreationTime),
            TrainingJobSort.Status => rows.OrderBy(row => row.Status.ToString(), StringComparer.Ordinal),
            TrainingJobSort.FinalObjectiveMetricValue => rows.OrderBy(row => row.Objective),
            _ => rows.OrderBy(_ => 0),
        };
        var list = sorted.ThenBy(row => row.Name.ToLowerInvariant(), StringComparer.Ordinal).ThenBy(row => row.Id);
        return query.SortOrder == SortOrder.Ascending ? list : list.Reverse();
    }

    public static string Seen(TrainingJob job) =>
        $"{job.Name} {job.Progress.Status} {job.Progress.ObjectiveStatus} {job.Progress.ObjectiveValue:R} {job.StopReason} {job.StopRequestedAt:O}";

    private static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    internal sealed class Row(long id, string name, DateTimeOffset time)
    {
        public long Id { get; } = id;

        public string Name { get; } = name;

        public DateTimeOffset CreationTime { get; } = time;

        public TrainingJobStatus Status { get; private set; }

        public ObjectiveStatus ObjectiveStatus { get; private set; }

        public double? Objective { get; private set; }

        public DateTimeOffset? StopRequestedAt { get; private set; }

        public bool Deleted { get; private set; }

        private bool Terminal => Status > TrainingJobStatus.Stopping;

        public void Stop(DateTimeOffset now)
        {
            if (Terminal)
                return;
            Status = TrainingJobStatus.Stopping;
            StopRequestedAt ??= now;
        }

        public void Delete() => Deleted = Terminal;

        public void Progress(TrainingProgress progress)
        {
            // Who asked to stop was told that it is being stopped: no other end comes after that.
            if (Terminal || (StopRequestedAt is not null && progress.Status is (TrainingJobStatus.Completed or TrainingJobStatus.Failed)))
                return;
            Status = progress.Status > Status ? progress.Status : Status;
            ObjectiveStatus = progress.ObjectiveStatus;
            Objective = progress.ObjectiveValue;
        }

        public string Seen() =>
            $"{Name} {Status} {ObjectiveStatus} {Objective:R} {(StopRequestedAt is null ? null : StopReason.User)} {StopRequestedAt:O}";
    }
}
