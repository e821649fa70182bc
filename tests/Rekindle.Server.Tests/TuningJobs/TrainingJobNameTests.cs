using System.Text.RegularExpressions;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Tests.TuningJobs;

public sealed partial class TrainingJobNameTests
{
    private static readonly TuningJob Job = Given.Job(Given.Definition) with { Name = "My-Job" };

    [Theory]
    [InlineData(1, "My-Job-001-")]
    [InlineData(42, "My-Job-042-")]
    [InlineData(1234, "My-Job-1234-")]
    public void Has_the_name_the_launch_index_and_eight_hexadecimal_digits(int index, string start)
    {
        var name = TrainingJobName.For(Job, index);
        Assert.StartsWith(start, name, StringComparison.Ordinal);
        Assert.Matches(EightHexadecimalDigits(), name[start.Length..]);
    }

    [Fact]
    public void Is_the_same_after_a_crash() => Assert.Equal(TrainingJobName.For(Job, 7), TrainingJobName.For(Job with { Description = "{ }" }, 7));

    [Fact]
    public void Differs_by_index_by_job_and_by_a_life_of_the_name()
    {
        string[] names =
        [
            TrainingJobName.For(Job, 1),
            TrainingJobName.For(Job, 2),
            TrainingJobName.For(Job with { CreationTime = Job.CreationTime.AddMilliseconds(1) }, 1),
            TrainingJobName.For(Job with { Id = 2 }, 1),
            TrainingJobName.For(Job with { Arn = Job.Arn.Replace("us-east-1", "eu-west-1", StringComparison.Ordinal) }, 1),
        ];
        Assert.Equal(names.Length, names.Select(name => name[^8..]).Distinct().Count());
    }

    [Fact]
    public void Fits_into_63_characters_with_the_longest_name_and_the_largest_index() =>
        Assert.True(TrainingJobName.For(Job with { Name = new string('a', 32) }, 10_000).Length <= 63);

    [GeneratedRegex("^[0-9a-f]{8}$")]
    private static partial Regex EightHexadecimalDigits();
}
