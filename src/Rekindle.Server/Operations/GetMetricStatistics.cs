using System.Globalization;
using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Server.Storage;

namespace Rekindle.Server.Operations;

/// <summary>Tells how a metric of a training job went, period by period. What nobody reported gives no datapoints, as on CloudWatch.</summary>
internal sealed class GetMetricStatistics(IStore store) : Operation<GetMetricStatisticsRequest, GetMetricStatisticsResponse>
{
    private const int MostDatapoints = 1440;

    private static readonly int[] ShortPeriods = [1, 5, 10, 20, 30];

    public override string Target => MetricNames.TargetPrefix + "GetMetricStatistics";

    public override AccessScope Needs => AccessScope.Read;

    public override bool FollowsFromRows => true;

    protected override IReadOnlyList<string> ShapeViolations(GetMetricStatisticsRequest request)
    {
        MetricNames.Demand(request.Namespace, nameof(request.Namespace));
        MetricNames.Demand(request.MetricName, nameof(request.MetricName));
        MetricNames.Demand(request.StartTime, nameof(request.StartTime));
        MetricNames.Demand(request.EndTime, nameof(request.EndTime));
        MetricNames.Demand(request.Period, nameof(request.Period));
        return base.ShapeViolations(request);
    }

    protected override async Task<GetMetricStatisticsResponse> HandleAsync(
        GetMetricStatisticsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var period = PeriodOf(request);
        var (start, end) = SpanOf(request, period);
        var name = MetricNames.TrainingJobOf(request.Dimensions);
        var job = name is null || request.Namespace != MetricNames.Namespace || request.Unit is not (null or "None")
            ? null
            : await store.FindTrainingJobAsync(name, cancellationToken);
        // CloudWatch's names have case.
        var periods = job?.Name == name && job is not null
            ? await store.ReadMetricPeriodsAsync(job.Id, request.MetricName!, start, end, period, cancellationToken)
            : [];
        return new GetMetricStatisticsResponse { Label = request.MetricName, Datapoints = [.. periods.Select(each => Datapoint(each, request.Statistics!))] };
    }

    private static TimeSpan PeriodOf(GetMetricStatisticsRequest request)
    {
        var seconds = request.Period!.Value;
        return seconds % 60 == 0 || ShortPeriods.Contains(seconds)
            ? TimeSpan.FromSeconds(seconds)
            : throw new ApiException(
                ErrorCode.InvalidParameterValueException, "The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.");
    }

    private static (DateTimeOffset Start, DateTimeOffset End) SpanOf(GetMetricStatisticsRequest request, TimeSpan period)
    {
        if (request.ExtendedStatistics is not null)
        {
            throw request.Statistics is null
                ? new ApiException(ErrorCode.InvalidParameterValueException, "This server has no percentiles: the parameter ExtendedStatistics is not offered.")
                : new ApiException(ErrorCode.InvalidParameterCombinationException, "The parameters Statistics and ExtendedStatistics can't be given both.");
        }

        if (request.Statistics is null)
        {
            throw new ApiException(ErrorCode.InvalidParameterCombinationException, "At least one of the parameters Statistics and ExtendedStatistics must be specified.");
        }

        var (start, end) = (request.StartTime!.Value, request.EndTime!.Value);
        if (start >= end)
        {
            throw new ApiException(ErrorCode.InvalidParameterValueException, "The parameter StartTime must be less than the parameter EndTime.");
        }

        var most = Math.Ceiling((end - start) / period);
        if (most > MostDatapoints)
        {
            throw new ApiException(
                ErrorCode.InvalidParameterCombinationException,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"You have requested up to {most:N0} datapoints, which exceeds the limit of {MostDatapoints:N0}. You may reduce the datapoints requested by increasing Period, or decreasing the time range."));
        }

        return (start.AddTicks(-((start.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) % period.Ticks)), Ceiling(end));
    }

    // Rows have whole milliseconds: what comes before a part of one comes before the next.
    private static DateTimeOffset Ceiling(DateTimeOffset end) =>
        end.UtcTicks % TimeSpan.TicksPerMillisecond > 0 && end < DateTimeOffset.MaxValue.AddMilliseconds(-1) ? end.AddMilliseconds(1) : end;

    private static MetricDatapoint Datapoint(MetricPeriod period, IReadOnlyList<string> statistics)
    {
        return new MetricDatapoint
        {
            Timestamp = period.Start,
            SampleCount = If("SampleCount", period.Count),
            Average = If("Average", period.Average),
            Sum = If("Sum", Math.Clamp(period.Sum, double.MinValue, double.MaxValue)),
            Minimum = If("Minimum", period.Least),
            Maximum = If("Maximum", period.Greatest),
            Unit = "None",
        };

        double? If(string statistic, double value) => statistics.Contains(statistic) ? value : null;
    }
}
