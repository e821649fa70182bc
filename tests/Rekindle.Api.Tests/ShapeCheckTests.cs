using System.Text.RegularExpressions;
using Rekindle.Api.Shapes;

namespace Rekindle.Api.Tests;

public sealed class ShapeCheckTests
{
    private static readonly CreateHyperParameterTuningJobRequest Good = Requests.CreateTuningJob;

    [Fact]
    public void Finds_nothing_in_a_good_request() => Assert.Empty(ShapeCheck.Violations(Good));

    [Fact]
    public void Says_a_lower_bound_as_AWS_does()
    {
        var request = Good with
        {
            HyperParameterTuningJobConfig = Good.HyperParameterTuningJobConfig! with
            {
                ResourceLimits = new() { MaxParallelTrainingJobs = 0 },
            },
        };
        Assert.Equal(
            "1 validation error detected: Value '0' at 'hyperParameterTuningJobConfig.resourceLimits.maxParallelTrainingJobs' failed to " +
            "satisfy constraint: Member must have value greater than or equal to 1",
            ShapeCheck.Message(ShapeCheck.Violations(request)));
    }

    [Fact]
    public void Names_every_missing_member_and_prints_null_without_quotes()
    {
        Assert.Equal(
            "2 validation errors detected: Value null at 'hyperParameterTuningJobName' failed to satisfy constraint: Member must not be " +
            "null; Value null at 'hyperParameterTuningJobConfig' failed to satisfy constraint: Member must not be null",
            ShapeCheck.Message(ShapeCheck.Violations(new CreateHyperParameterTuningJobRequest())));
    }

    [Fact]
    public void Reports_all_violations_of_a_value_and_goes_on()
    {
        var request = Good with
        {
            HyperParameterTuningJobName = new string('a', 33) + "_",
            HyperParameterTuningJobConfig = Good.HyperParameterTuningJobConfig! with { Strategy = "Foo" },
        };
        Assert.Equal(
            [
                $"Value '{new string('a', 33)}_' at 'hyperParameterTuningJobName' failed to satisfy constraint: Member must have length less than or equal to 32",
                $"Value '{new string('a', 33)}_' at 'hyperParameterTuningJobName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){{0,31}}",
                "Value 'Foo' at 'hyperParameterTuningJobConfig.strategy' failed to satisfy constraint: Member must satisfy enum value set: [Bayesian, Random, Hyperband, Grid]",
            ],
            ShapeCheck.Violations(request));
    }

    [Fact]
    public void Rejects_a_sixth_parent()
    {
        var request = Good with
        {
            WarmStartConfig = new()
            {
                WarmStartType = "TransferLearning",
                ParentHyperParameterTuningJobs = [.. "abcdef".Select(name => new ParentHyperParameterTuningJob { HyperParameterTuningJobName = $"{name}" })],
            },
        };
        var violation = Assert.Single(ShapeCheck.Violations(request));
        Assert.StartsWith("Value '[ParentHyperParameterTuningJob(hyperParameterTuningJobName=a), ", violation, StringComparison.Ordinal);
        Assert.EndsWith(
            " at 'warmStartConfig.parentHyperParameterTuningJobs' failed to satisfy constraint: Member must have length less than or equal to 5",
            violation,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Counts_list_items_from_one()
    {
        var request = Good with { Tags = [new() { Key = "a", Value = "b" }, new() { Key = "c!", Value = "d" }, null!] };
        Assert.Equal(
            [
                @"Value 'c!' at 'tags.2.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: ([\p{L}\p{Z}\p{N}_.:/=+\-@]*)",
                "Value null at 'tags.3.member' failed to satisfy constraint: Member must not be null",
            ],
            ShapeCheck.Violations(request));
    }

    [Fact]
    public void Reports_a_bad_item_of_a_list_of_texts_with_the_whole_list()
    {
        CategoricalParameterRange range = new() { Name = "c", Values = ["a", new string('b', 257)] };
        Assert.Equal(
            $"Value '[a, {new string('b', 257)}]' at 'values' failed to satisfy constraint: Member must satisfy constraint: [Member must have " +
            "length less than or equal to 256, Member must have length greater than or equal to 0, Member must satisfy regular " +
            "expression pattern: .*]",
            Assert.Single(ShapeCheck.Violations(range)));
        Assert.Equal(
            "Value '[a, null]' at 'values' failed to satisfy constraint: Member must satisfy constraint: [Member must not be null]",
            Assert.Single(ShapeCheck.Violations(new CategoricalParameterRange { Name = "c", Values = ["a", null!] })));
    }

    [Fact]
    public void Reports_a_bad_value_of_a_map_with_the_whole_map()
    {
        var definition = Requests.Definition with { StaticHyperParameters = new Dictionary<string, string> { ["eta"] = "0.1\n", ["k"] = "v" } };
        Assert.Equal(
            "Value '{eta=0.1\n, k=v}' at 'staticHyperParameters' failed to satisfy constraint: Map value must satisfy constraint: [Member " +
            "must have length less than or equal to 2500, Member must have length greater than or equal to 0, Member must satisfy regular " +
            "expression pattern: .*]",
            Assert.Single(ShapeCheck.Violations(definition)));
    }

    [Fact]
    public void Reports_a_bad_key_of_a_map()
    {
        var definition = Requests.Definition with { Environment = new Dictionary<string, string> { ["1A"] = "" } };
        Assert.Equal(
            "Value '{1A=}' at 'environment' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less " +
            "than or equal to 512, Member must have length greater than or equal to 0, Member must satisfy regular expression pattern: " +
            "[a-zA-Z_][a-zA-Z0-9_]*]",
            Assert.Single(ShapeCheck.Violations(definition)));
    }

    [Fact]
    public void Reports_a_null_value_of_a_map()
    {
        var definition = Requests.Definition with { StaticHyperParameters = new Dictionary<string, string> { ["eta"] = null! } };
        Assert.Equal(
            "Value '{eta=null}' at 'staticHyperParameters' failed to satisfy constraint: Map value must satisfy constraint: [Member must not be null]",
            Assert.Single(ShapeCheck.Violations(definition)));
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("A-b--c9", true)]
    [InlineData("abcdefghijabcdefghijabcdefghij12", true)]
    [InlineData("-a", false)]
    [InlineData("a-", false)]
    [InlineData("a_b", false)]
    [InlineData("a\n", false)]
    [InlineData("ä", false)]
    [InlineData("١", false)]
    public void Holds_the_whole_name_against_its_pattern(string name, bool good) =>
        Assert.Equal(good, ShapeCheck.Violations(new DescribeHyperParameterTuningJobRequest { HyperParameterTuningJobName = name }).Count == 0);

    [Theory]
    [InlineData("arn:aws:iam::123456789012:role/SageMakerRole", true)]
    [InlineData("arn:aws-cn:iam::123456789012:role/path/Name", true)]
    [InlineData("arn:aws:iam::12345678901:role/SageMakerRole", false)]
    [InlineData("arn:aws:iam::١٢٣٤٥٦٧٨٩٠١٢:role/SageMakerRole", false)]
    [InlineData("arn:aws:iam::123456789012:user/a", false)]
    public void Reads_digits_as_ASCII_digits(string role, bool good) =>
        Assert.Equal(good, ShapeCheck.Violations(Requests.Definition with { RoleArn = role }).Count == 0);

    [Theory]
    [InlineData("my-algorithm", true)]
    [InlineData("arn:aws:sagemaker:us-east-1:123456789012:algorithm/my-algorithm", true)]
    [InlineData("ends-with-hyphen-", false)]
    public void Looks_behind_in_algorithm_names(string name, bool good) =>
        Assert.Equal(good, ShapeCheck.Violations(new AlgorithmSpecification { TrainingInputMode = "File", AlgorithmName = name }).Count == 0);

    [Theory]
    [InlineData("s3://bucket", true)]
    [InlineData("s3://bucket/a/b c", true)]
    [InlineData("https://host/x", true)]
    [InlineData("file:///data/train", true)]
    [InlineData("file://host/x", false)]
    [InlineData("s3:///x", false)]
    [InlineData("/data", false)]
    [InlineData("", false)]
    public void Takes_addresses_of_buckets_and_of_local_files(string uri, bool good) =>
        Assert.Equal(good, ShapeCheck.Violations(new OutputDataConfig { S3OutputPath = uri }).Count == 0);

    [Theory]
    [InlineData("ml.m5.large", true)]
    [InlineData("gpu-box", true)]
    [InlineData("ml.t2.medium", false)]
    public void Holds_only_names_of_AWS_machines_against_the_list_of_AWS(string type, bool good) =>
        Assert.Equal(good, ShapeCheck.Violations(new ResourceConfig { InstanceType = type }).Count == 0);

    [Fact]
    public void Counts_characters_and_not_halves_of_them() =>
        Assert.Empty(ShapeCheck.Violations(new MetricDefinition { Name = string.Concat(Enumerable.Repeat("🎛", 255)), Regex = "x" }));

    [Fact]
    public void Cuts_long_values_between_characters()
    {
        var violation = ShapeCheck.Violation("a" + string.Concat(Enumerable.Repeat("🎛", 5000)), "x", "y");
        Assert.InRange(violation.Length, 1024, 1100);
        Assert.Contains("🎛...' at 'x'", violation, StringComparison.Ordinal);
    }

    [Fact]
    public void Takes_a_hostile_name_without_giving_up() =>
        Assert.Equal(2, ShapeCheck.Violations(new DescribeHyperParameterTuningJobRequest
        {
            HyperParameterTuningJobName = "a" + new string('-', 1_000_000),
        }).Count);

    [Fact]
    public void Reads_texts_of_callers_without_backtracking()
    {
        // These three cannot: one looks behind, two repeat more often than the engine counts.
        string[] backtracking = [Patterns.ArnOrName, Patterns.ModelPackageArn, Patterns.ModelPackageGroupArn];
        var patterns = typeof(Patterns).GetFields().Select(field => (string)field.GetRawConstantValue()!).Except(backtracking);
        Assert.All(patterns, pattern => Assert.True(WirePattern.Compile(pattern).Options.HasFlag(RegexOptions.NonBacktracking), pattern));
    }

    [Fact]
    public void Every_pattern_compiles_and_every_shape_has_a_plan()
    {
        foreach (var shape in typeof(Tag).Assembly.GetExportedTypes().Where(type => type.Namespace == typeof(Tag).Namespace && !type.IsAbstract))
            ShapeCheck.Violations(Activator.CreateInstance(shape)!);
        foreach (var pattern in typeof(Patterns).GetFields().Select(field => (string)field.GetRawConstantValue()!))
            WirePattern.Matcher(pattern)("arn:aws:sagemaker:us-east-1:123456789012:hub-content/x");
    }
}
