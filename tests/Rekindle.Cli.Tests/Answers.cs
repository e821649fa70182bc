namespace Rekindle.Cli.Tests;

/// <summary>Answers about a tuning job of an image classifier.</summary>
internal static class Answers
{
    public const string NotFound =
        """{"__type":"ResourceNotFound","message":"Amazon SageMaker can't find a tuning job called digits. Type another name."}""";

    public static string Job(string status, string more = "") =>
        $$"""
        {"HyperParameterTuningJobName":"digits","HyperParameterTuningJobStatus":"{{status}}","CreationTime":0,
         "HyperParameterTuningJobConfig":{"Strategy":"Bayesian",
           "HyperParameterTuningJobObjective":{"Type":"Maximize","MetricName":"validation:accuracy"},
           "ResourceLimits":{"MaxNumberOfTrainingJobs":4,"MaxParallelTrainingJobs":2},
           "ParameterRanges":{
             "ContinuousParameterRanges":[
               {"Name":"learning_rate","MinValue":"0.0005","MaxValue":"0.5"},
               {"Name":"momentum","MinValue":"0","MaxValue":"0.99"},
               {"Name":"weight_decay","MinValue":"0.000001","MaxValue":"0.1"}],
             "IntegerParameterRanges":[{"Name":"mini_batch_size","MinValue":"8","MaxValue":"256"}] } } {{more}} }
        """;

    public static string TrainingJobs(params string[] summaries) => $$"""{"TrainingJobSummaries":[{{string.Join(',', summaries)}}]}""";

    public static string Summary(int number, string status, double? objective = null, string? failure = null)
    {
        var metric = objective is { } value
            ? FormattableString.Invariant($$""","FinalHyperParameterTuningJobObjectiveMetric":{"MetricName":"validation:accuracy","Value":{{value}}}""")
            : "";
        var reason = failure is null ? "" : $$""","FailureReason":"{{failure}}" """;
        return FormattableString.Invariant(
            $$"""
            {"TrainingJobName":"digits-{{number:000}}-1f2e3d4c","TrainingJobStatus":"{{status}}",
             "TunedHyperParameters":{"learning_rate":"0.00123456","momentum":"0.953","weight_decay":"0.0000123","mini_batch_size":"128"}{{metric}}{{reason}}}
            """);
    }

    public static string Log(string token, params string[] lines) =>
        $$"""{"nextForwardToken":"{{token}}","events":[{{string.Join(',', lines.Select(line => $$"""{"timestamp":1,"message":"{{line}}"}"""))}}]}""";
}
