using Rekindle.Server.Executors;
using Rekindle.Server.Executors.Local;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.Executors.Local;

public sealed class LocalImageTests
{
    private static readonly Dictionary<string, string> Script = new() { ["sagemaker_program"] = "\"t.py\"", ["sagemaker_submit_directory"] = "s3://b/sourcedir.tar.gz" };

    private static readonly LocalExecutorOptions Options = new()
    {
        DataFolder = "/nowhere",
        Images = new Dictionary<string, IReadOnlyList<string>>
        {
            ["*"] = ["/bin/sh", "any"],
            ["*/mine:*"] = ["/bin/sh", "mine"],
            ["1.dkr/mine:2"] = ["/bin/sh", "exact"],
            ["*/broken:1"] = ["/no/such/program"],
        },
        BuiltIns = new Dictionary<string, IReadOnlyList<string>> { ["image-classification"] = ["/bin/sh", "built-in"], ["sagemaker-xgboost"] = ["/bin/sh", "xgboost"] },
    };

    private static readonly LocalExecutorOptions Unconfigured = Options with { Images = new Dictionary<string, IReadOnlyList<string>>() };

    [Theory]
    [InlineData("1.dkr/mine:1", "mine")]
    [InlineData("1.dkr/mine:2", "exact")]
    [InlineData("1.dkr/other:2", "any")]
    [InlineData("/bin/ls", "any")]
    public void The_most_particular_configured_image_comes_first(string image, string expected) =>
        Assert.Equal(["/bin/sh", expected, "train"], Resolve(Options, image).Command);

    [Theory]
    [InlineData("/bin/sh")]
    [InlineData("file:///bin/sh")]
    public void Then_an_executable_file(string image) => Assert.Equal(["/bin/sh", "train"], Resolve(Unconfigured, image).Command);

    [Theory]
    [InlineData("image-classification")]
    [InlineData("image-classification:1")]
    [InlineData("813361260812.dkr.ecr.eu-central-1.amazonaws.com/image-classification:latest")]
    [InlineData("localhost:5000/team/image-classification@sha256:0123")]
    public void Then_a_built_in_algorithm_of_any_registry_and_tag(string image) =>
        Assert.Equal(["/bin/sh", "built-in", "train"], Resolve(Unconfigured, image).Command);

    [Fact]
    public void Then_the_script_of_a_framework_image()
    {
        var script = LocalImage.Resolve(Unconfigured, Definition("763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.0"), Script).Script;
        Assert.Equal("t.py", script!.Program);
        Assert.Equal(["python3", "/opt/ml/code/t.py"], script.Command("/opt/ml/code"));
    }

    [Fact]
    public void A_framework_image_that_is_an_algorithm_runs_the_script_if_there_is_one()
    {
        const string Image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1";
        Assert.Equal(["/bin/sh", "xgboost", "train"], Resolve(Unconfigured, Image).Command);
        Assert.Equal("t.py", LocalImage.Resolve(Unconfigured, Definition(Image), Script).Script!.Program);
    }

    [Theory]
    [InlineData("1.dkr/unknown:1")]
    [InlineData("1.dkr/pytorch-training:1")]
    [InlineData("")]
    public void Else_the_four_ways_are_named(string image)
    {
        var refused = Assert.Throws<ExecutionRefusedException>(() => Resolve(Unconfigured, image));
        foreach (var way in new[] { "Images", "executable file", "image-classification", "sagemaker_program" })
        {
            Assert.Contains(way, refused.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("/bin")]
    [InlineData("/no/such/file")]
    [InlineData("file:///etc/passwd")]
    public void A_file_that_can_not_be_run_is_refused(string image) =>
        Assert.Contains("no executable file", Assert.Throws<ExecutionRefusedException>(() => Resolve(Unconfigured, image)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_configured_command_that_is_not_there_is_refused() =>
        Assert.Contains("/no/such/program", Assert.Throws<ExecutionRefusedException>(() => Resolve(Options, "1.dkr/broken:1")).Message, StringComparison.Ordinal);

    [Fact]
    public void An_entry_point_replaces_the_program_and_arguments_replace_train()
    {
        var definition = Definition("any") with { Entrypoint = ["/bin/echo", "a"] };
        Assert.Equal(["/bin/echo", "a"], LocalImage.Resolve(Unconfigured, definition, Script).Command);
        Assert.Equal(["/bin/echo", "a", "b"], LocalImage.Resolve(Unconfigured, definition with { Arguments = ["b"] }, Script).Command);
        Assert.Equal(["/bin/sh", "b"], LocalImage.Resolve(Unconfigured, Definition("/bin/sh") with { Arguments = ["b"] }, Script).Command);
        Assert.Throws<ExecutionRefusedException>(() => LocalImage.Resolve(Unconfigured, definition with { Entrypoint = ["/no/such/program"] }, Script));
    }

    [Theory]
    [InlineData("0.1", "0.1")]
    [InlineData("1e-05", "1e-05")]
    [InlineData("0.00010", "0.0001")]
    [InlineData("0.00001234", "1.234e-05")]
    [InlineData("100.0", "100.0")]
    [InlineData("1E3", "1000.0")]
    [InlineData("1e15", "1000000000000000.0")]
    [InlineData("1e16", "1e+16")]
    [InlineData("1.5e300", "1.5e+300")]
    [InlineData("123456789012345680.0", "1.2345678901234568e+17")]
    [InlineData("-0.0", "-0.0")]
    [InlineData("0.0", "0.0")]
    [InlineData("5e-324", "5e-324")]
    [InlineData("1e23", "1e+23")]
    [InlineData("9.999999999999998e22", "9.999999999999997e+22")]
    [InlineData("0.30000000000000004", "0.30000000000000004")]
    [InlineData("123456789012345678901234567890", "123456789012345678901234567890")]
    [InlineData("true", "True")]
    [InlineData("null", "None")]
    [InlineData("\"a b\"", "a b")]
    [InlineData("plain text", "plain text")]
    [InlineData("007", "007")]
    [InlineData("", "")]
    [InlineData("NaN", "nan")]
    [InlineData("[1, 2.50, \"it's\", null]", "[1, 2.5, \"it's\", None]")]
    [InlineData("{\"b\": 1, \"a\": \"x\"}", "a=x,b=1")]
    public void Values_reach_a_script_as_Python_prints_them(string json, string text) => Assert.Equal(text, PythonText.OfJson(json));

    private static TrainingDefinition Definition(string image) => new() { Image = image, OutputPath = "s3://b/o" };

    private static LocalImage Resolve(LocalExecutorOptions options, string image) => LocalImage.Resolve(options, Definition(image), new Dictionary<string, string>());
}
