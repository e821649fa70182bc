using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using CsCheck;
using Rekindle.Api.Shapes;
using static Rekindle.Api.Tests.Requests;

namespace Rekindle.Api.Tests;

public sealed class ApiJsonTests
{
    [Theory]
    [InlineData("", "The body is empty.")]
    [InlineData("  ", "The body is empty.")]
    [InlineData("null", "The body must be a JSON object.")]
    [InlineData("[]", "The body must be a JSON object.")]
    [InlineData("\"x\"", "The body must be a JSON object.")]
    [InlineData("12", "The body must be a JSON object.")]
    [InlineData("{", null)]
    [InlineData("{}x", null)]
    [InlineData("{} {}", null)]
    [InlineData("{\"a\":1,}", null)]
    [InlineData("{'a':1}", null)]
    [InlineData("{\"HyperParameterTuningJobName\":NaN}", null)]
    [InlineData("{\"HyperParameterTuningJobName\":\"a\" // c\n}", null)]
    public void Refuses_what_is_no_JSON_object(string body, string? message)
    {
        var failure = Assert.Throws<ApiJsonException>(() => Read<CreateHyperParameterTuningJobRequest>(body));
        Assert.Equal(message ?? failure.Message, failure.Message);
        Assert.Equal(ErrorCode.SerializationException, failure.ToApiException().Code);
    }

    [Theory]
    [InlineData("{\"HyperParameterTuningJobName\":1}", "The member 'hyperParameterTuningJobName' must be a string.")]
    [InlineData("{\"HyperParameterTuningJobName\":{}}", "The member 'hyperParameterTuningJobName' must be a string.")]
    [InlineData("{\"HyperParameterTuningJobName\":true}", "The member 'hyperParameterTuningJobName' must be a string.")]
    [InlineData("{\"HyperParameterTuningJobConfig\":[]}", "The member 'hyperParameterTuningJobConfig' must be an object.")]
    [InlineData("{\"HyperParameterTuningJobConfig\":\"x\"}", "The member 'hyperParameterTuningJobConfig' must be an object.")]
    [InlineData("{\"Tags\":{}}", "The member 'tags' must be a list.")]
    [InlineData("{\"Tags\":[{\"Key\":\"a\"},{\"Key\":5}]}", "The member 'tags.2.member.key' must be a string.")]
    [InlineData("{\"Tags\":[{},7]}", "The member 'tags.2.member' must be an object.")]
    [InlineData("{\"TrainingJobDefinition\":{\"StaticHyperParameters\":{\"eta\":0.1}}}", "The member 'trainingJobDefinition.staticHyperParameters.eta' must be a string.")]
    [InlineData("{\"TrainingJobDefinition\":{\"StaticHyperParameters\":[]}}", "The member 'trainingJobDefinition.staticHyperParameters' must be an object of strings.")]
    [InlineData("{\"HyperParameterTuningJobConfig\":{\"ResourceLimits\":{\"MaxParallelTrainingJobs\":\"2\"}}}", "The member 'hyperParameterTuningJobConfig.resourceLimits.maxParallelTrainingJobs' must be a whole number of 32 bits.")]
    [InlineData("{\"HyperParameterTuningJobConfig\":{\"ResourceLimits\":{\"MaxParallelTrainingJobs\":1.5}}}", "The member 'hyperParameterTuningJobConfig.resourceLimits.maxParallelTrainingJobs' must be a whole number of 32 bits.")]
    [InlineData("{\"HyperParameterTuningJobConfig\":{\"ResourceLimits\":{\"MaxParallelTrainingJobs\":99999999999}}}", "The member 'hyperParameterTuningJobConfig.resourceLimits.maxParallelTrainingJobs' must be a whole number of 32 bits.")]
    [InlineData("{\"HyperParameterTuningJobConfig\":{\"TuningJobCompletionCriteria\":{\"TargetObjectiveMetricValue\":\"NaN\"}}}", "The member 'hyperParameterTuningJobConfig.tuningJobCompletionCriteria.targetObjectiveMetricValue' must be a finite number.")]
    [InlineData("{\"HyperParameterTuningJobConfig\":{\"TuningJobCompletionCriteria\":{\"TargetObjectiveMetricValue\":1e999}}}", "The member 'hyperParameterTuningJobConfig.tuningJobCompletionCriteria.targetObjectiveMetricValue' must be a finite number.")]
    [InlineData("{\"TrainingJobDefinition\":{\"EnableNetworkIsolation\":\"true\"}}", "The member 'trainingJobDefinition.enableNetworkIsolation' must be true or false.")]
    [InlineData("{\"HyperParameterTuningJobConfig\":{\"ParameterRanges\":{\"CategoricalParameterRanges\":[{\"Values\":[\"a\",1]}]}}}", "The member 'hyperParameterTuningJobConfig.parameterRanges.categoricalParameterRanges.1.member.values' must be a list of strings.")]
    public void Names_the_member_of_a_wrong_form(string body, string message) =>
        Assert.Equal(message, Assert.Throws<ApiJsonException>(() => Read<CreateHyperParameterTuningJobRequest>(body)).Message);

    [Theory]
    [InlineData("{\"HyperParameterTuningJobName\":\"a\"", "The body is not valid JSON at line 1, column 35.")]
    [InlineData("\n {\n\"HyperParameterTuningJobName\":\"\u00e9\u00e9\" x}", "The body is not valid JSON at line 3, column 36.")]
    [InlineData("\n\n x", "The body is not valid JSON at line 3, column 2.")]
    [InlineData("{}\n}", "The body is not valid JSON at line 2, column 1.")]
    public void Says_where_a_text_is_no_JSON(string body, string message) =>
        Assert.Equal(message, Assert.Throws<ApiJsonException>(() => Read<CreateHyperParameterTuningJobRequest>(body)).Message);

    [Theory]
    [InlineData("{\"WarmStartConf\":{}}", "There is no member 'WarmStartConf' (line 1); did you mean WarmStartConfig?")]
    [InlineData("{\"HyperParameterTuningJobConfig\":\n{\"randomSeeed\":1}}", "There is no member 'hyperParameterTuningJobConfig.randomSeeed' (line 2); did you mean RandomSeed?")]
    [InlineData("{\"Tags\":[{\"Key\":\"a\",\"Valu\":\"b\"}]}", "There is no member 'tags.1.member.Valu' (line 1); did you mean Value?")]
    [InlineData("{\"Colours\":1}", "There is no member 'Colours' (line 1).")]
    public void Names_an_unknown_member_where_it_is_to_be_refused(string body, string message)
    {
        var strict = new JsonSerializerOptions(ApiJson.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };
        var failure = Assert.Throws<ApiJsonException>(() => ApiJson.Deserialize(
            Encoding.UTF8.GetBytes(body), strict.GetTypeInfo(typeof(CreateHyperParameterTuningJobRequest))));
        Assert.Equal(message, failure.Message);
        Assert.True(failure.IsUnknownMember);
        _ = Read<CreateHyperParameterTuningJobRequest>(body);
    }

    [Theory]
    [InlineData("{\"HyperParameterTuningJobName\":\"a\",\"HyperParameterTuningJobName\":\"b\"}")]
    [InlineData("{\"TrainingJobDefinition\":{\"RoleArn\":\"a\",\"RoleArn\":\"a\"}}")]
    [InlineData("{\"TrainingJobDefinition\":{\"StaticHyperParameters\":{\"a\":\"1\",\"\\u0061\":\"2\"}}}")]
    public void Refuses_a_member_given_twice(string body) =>
        Assert.Contains("twice", Assert.Throws<ApiJsonException>(() => Read<CreateHyperParameterTuningJobRequest>(body)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("{\"HyperParameterTuningJobName\":\"\\ud800\"}")]
    [InlineData("{\"HyperParameterTuningJobName\":\"\\udc00x\"}")]
    [InlineData("{\"TrainingJobDefinition\":{\"StaticHyperParameters\":{\"\\ud800\":\"1\"}}}")]
    [InlineData("{\"TrainingJobDefinition\":{\"StaticHyperParameters\":{\"a\":\"\\ud800\"}}}")]
    public void Refuses_half_a_surrogate_pair(string body) =>
        Assert.Throws<ApiJsonException>(() => Read<CreateHyperParameterTuningJobRequest>(body));

    [Fact]
    public void Refuses_invalid_UTF8_anywhere()
    {
        foreach (var member in new[] { "HyperParameterTuningJobName", "Unknown" })
        {
            byte[] body = [.. Encoding.UTF8.GetBytes($"{{\"{member}\":\""), 0xC3, 0x28, .. "\"}"u8];
            Assert.Equal("The body is not valid UTF-8.", Assert.Throws<ApiJsonException>(() => ApiJson.Deserialize<CreateHyperParameterTuningJobRequest>(body)).Message);
        }
    }

    [Theory]
    [InlineData("{\"Unknown\":", "[", "]")]
    [InlineData("{\"Tags\":", "[", "]")]
    [InlineData("{\"Unknown\":", "{\"a\":", "}")]
    public void Refuses_a_depth_bomb(string start, string open, string close)
    {
        var body = start + string.Concat(Enumerable.Repeat(open, 100_000)) + "1" + string.Concat(Enumerable.Repeat(close, 100_000)) + "}";
        Assert.Throws<ApiJsonException>(() => Read<CreateHyperParameterTuningJobRequest>(body));
    }

    [Fact]
    public void Ignores_members_it_does_not_know()
    {
        var request = Read<DescribeTrainingJobRequest>("{\"New\":{\"a\":[1,null]},\"TrainingJobName\":\"a\",\"trainingJobName\":\"b\"}");
        Assert.Equal("a", request.TrainingJobName);
    }

    [Fact]
    public void Names_a_member_that_is_in_camel_case_on_the_wire() => Assert.Equal(
        "The member 'limit' must be a whole number of 32 bits.",
        Assert.Throws<ApiJsonException>(() => Read<GetLogEventsRequest>("{\"limit\":\"5\"}")).Message);

    [Fact]
    public void Takes_null_as_absent() => Assert.Equal("{}", Write(Read<CreateTrainingJobRequest>("{\"TrainingJobName\":null,\"Tags\":null}")));

    [Theory]
    [InlineData("1767225600", 1767225600000)]
    [InlineData("1585057777.022", 1585057777022)]
    [InlineData("1.767225600123E9", 1767225600123)]
    [InlineData("0", 0)]
    [InlineData("-1.5", -1500)]
    [InlineData("\"2026-01-01T00:00:00Z\"", 1767225600000)]
    [InlineData("\"2026-01-01T01:00:00.25+01:00\"", 1767225600250)]
    [InlineData("\"2026-01-01\"", 1767225600000)]
    public void Reads_moments_in_every_form_clients_send(string json, long milliseconds)
    {
        var request = Read<ListTrainingJobsRequest>($"{{\"CreationTimeAfter\":{json}}}");
        Assert.Equal(milliseconds, request.CreationTimeAfter!.Value.ToUnixTimeMilliseconds());
    }

    [Theory]
    [InlineData("1e300")]
    [InlineData("-1e12")]
    [InlineData("253402300800000")]
    [InlineData("\"yesterday\"")]
    [InlineData("\"12/25/2026\"")]
    [InlineData("true")]
    [InlineData("{}")]
    public void Refuses_other_moments(string json)
    {
        var failure = Assert.Throws<ApiJsonException>(() => Read<ListTrainingJobsRequest>($"{{\"CreationTimeAfter\":{json}}}"));
        Assert.Equal("The member 'creationTimeAfter' must be a moment: seconds since 1970 or an ISO 8601 text.", failure.Message);
    }

    [Theory]
    [InlineData(1585057777022, "1585057777.022")]
    [InlineData(1767225600000, "1767225600")]
    [InlineData(1767225600100, "1767225600.1")]
    public void Writes_moments_as_seconds_with_milliseconds(long milliseconds, string json) => Assert.Equal(
        $"{{\"CreationTime\":{json}}}",
        Write(new TrainingJobSummary { CreationTime = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) }));

    [Fact]
    public void Moments_round_trip_to_the_millisecond() => Gen.Long[-62135596800000, 253402300799999].Sample(milliseconds =>
    {
        var moment = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        return Read<TrainingJobSummary>(Write(new TrainingJobSummary { CreationTime = moment })).CreationTime == moment;
    });

    [Fact]
    public void Numbers_round_trip_to_the_last_bit() => Gen.Double.Where(double.IsFinite).Sample(number =>
        BitConverter.DoubleToInt64Bits(Read<MetricData>(Write(new MetricData { Value = number })).Value!.Value) == BitConverter.DoubleToInt64Bits(number));

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void Never_writes_what_JSON_does_not_have(double value) =>
        Assert.Equal("{\"MetricName\":\"m\"}", Write(new MetricData { MetricName = "m", Value = value }));

    [Fact]
    public void Metric_values_are_single_precision_widened()
    {
        Assert.Equal(2.9148800373077393, MetricValue.ToWire(2.91488));
        Assert.Equal(float.MaxValue, MetricValue.ToWire(1e300));
        Assert.Equal(-float.MaxValue, MetricValue.ToWire(-1e300));
        Assert.Null(MetricValue.ToWire(double.NaN));
        Assert.Null(MetricValue.ToWire(double.NegativeInfinity));
    }

    [Fact]
    public void Writes_any_text_as_valid_JSON()
    {
        Assert.Equal("{\"FailureReason\":\"é \\uD83C\\uDF9B \\u0000 \\\"<a>'\"}", Write(new DescribeTrainingJobResponse { FailureReason = "é 🎛 \0 \"<a>'" }));
        // A reason cut in the middle of a character still makes a valid body.
        Assert.Equal("{\"FailureReason\":\"\\uFFFD\"}", Write(new DescribeTrainingJobResponse { FailureReason = "\ud83c" }), ignoreCase: true);
    }

    [Fact]
    public void Never_throws_anything_else_on_damaged_bodies()
    {
        var whole = ApiJson.Serialize(CreateTuningJob);
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte, Gen.Int[0, whole.Length]).Sample((at, value, length) =>
        {
            var body = whole.AsSpan(0, length).ToArray();
            if (at < length)
                body[at] = value;
            try
            {
                ShapeCheck.Violations(ApiJson.Deserialize<CreateHyperParameterTuningJobRequest>(body));
            }
            catch (ApiJsonException)
            {
                return;
            }
        });
    }

    [Fact]
    public void Reads_and_writes_the_shapes_of_every_operation()
    {
        Assert.Equal(17, OperationTable.ByTarget.Count);
        Assert.Equal(typeof(AddTagsRequest), OperationTable.ByTarget["SageMaker.AddTags"].Request);
        Assert.Equal(typeof(DescribeWarmStartRequest), OperationTable.ExtensionsByTarget["Rekindle.DescribeWarmStart"].Request);
        foreach (var operation in OperationTable.ByTarget.Values.Concat(OperationTable.ExtensionsByTarget.Values))
        {
            Assert.Equal("{}", Encoding.UTF8.GetString(ApiJson.Serialize(ApiJson.Deserialize("{}"u8, operation.Request))));
            Assert.Equal("{}", Encoding.UTF8.GetString(ApiJson.Serialize(ApiJson.Deserialize("{}"u8, operation.Response))));
        }
    }
}
