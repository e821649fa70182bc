using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.Executors.Local;

/// <summary>Scripts of frameworks, which run without the frameworks' images.</summary>
public abstract partial class LocalExecutorContract
{
    [Fact]
    public async Task A_script_gets_its_code_its_arguments_and_its_model_folder()
    {
        var source = Path.Combine(DataFolder, "s3", "code");
        Directory.CreateDirectory(Path.Combine(Folder, "source"));
        await File.WriteAllTextAsync(Path.Combine(Folder, "source", "lib.py"), "def f(): return 'imported'\n");
        await File.WriteAllTextAsync(Path.Combine(Folder, "source", "train.py"), "import lib, os, sys\nprint(lib.f(), sys.argv[1:], os.getcwd() == os.path.dirname(os.path.abspath(__file__)))\nopen(os.environ['SM_MODEL_DIR'] + '/m', 'w').write('x')\n");
        Directory.CreateDirectory(source);
        await CodeArchiveTests.PackAsync(Path.Combine(Folder, "source"), Path.Combine(source, "sourcedir.tar.gz"));
        var executor = Open();
        var spec = Spec("", change: definition => definition with { Image = "763104351884.dkr.ecr.eu-central-1.amazonaws.com/pytorch-training:2.1-cpu-py310" }) with
        {
            HyperParameters = new Dictionary<string, string>
            {
                ["sagemaker_program"] = "\"train.py\"",
                ["sagemaker_submit_directory"] = "\"s3://code/sourcedir.tar.gz\"",
                ["_tuning_objective_metric"] = "loss",
                ["lr"] = "0.00001",
                ["e"] = "3",
                ["layers"] = "[1, \"a\"]",
                ["note"] = "\"two words\"",
                ["flag"] = "true",
            },
        };
        await SubmitAsync(executor, spec);
        var report = await EndOfAsync(executor, spec.Name);
        Assert.Equal(["imported ['-e', '3', '--flag', 'True', '--layers', \"[1, 'a']\", '--lr', '1e-05', '--note', 'two words'] True"], Texts(report));
        Assert.NotNull((await executor.CollectAsync(spec, CancellationToken.None)).ModelArtifact);
    }

    [Fact]
    public async Task What_a_script_requires_is_installed_for_it_alone()
    {
        await WriteWheelAsync("code/greeting-1.0-py3-none-any.whl");
        Input("code/requirements.txt", "./greeting-1.0-py3-none-any.whl\n");
        Input("code/train.py", "import greeting, sys\nprint(greeting.TEXT, sys.argv[1:])\n");
        var report = await RunScriptAsync();
        Assert.Equal((0, "hello ['--lr', '1e-05']"), (report.ExitCode, Texts(report)[^1]));
        Assert.Equal(["greeting-1.0-py3-none-any.whl", "requirements.txt", "train.py"], Directory.EnumerateFileSystemEntries(Path.Combine(DataFolder, "s3", "inputs", "code")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_script_whose_requirements_are_not_to_be_had_fails_with_that_reason()
    {
        Input("code/requirements.txt", "./none-1.0-py3-none-any.whl\n");
        Input("code/train.py", "print('trained all the same')\n");
        var report = await RunScriptAsync();
        Assert.NotEqual(0, report.ExitCode);
        Assert.StartsWith("InstallRequirementsError: ", report.Failure, StringComparison.Ordinal);
        Assert.DoesNotContain("trained all the same", Texts(report));
    }

    private async Task<ExecutionReport> RunScriptAsync()
    {
        var executor = Open();
        var spec = Spec("", change: definition => definition with { Image = "763104351884.dkr.ecr.eu-central-1.amazonaws.com/pytorch-training:2.1" }) with
        {
            HyperParameters = new Dictionary<string, string> { ["sagemaker_program"] = "train.py", ["sagemaker_submit_directory"] = "s3://inputs/code", ["lr"] = "0.00001" },
        };
        await SubmitAsync(executor, spec);
        return await EndOfAsync(executor, spec.Name);
    }

    private async Task WriteWheelAsync(string key)
    {
        Input(key, "");
        await using var file = new FileStream(Path.Combine(DataFolder, "s3", "inputs", key), FileMode.Create);
        await using var wheel = new System.IO.Compression.ZipArchive(file, System.IO.Compression.ZipArchiveMode.Create);
        foreach (var (name, text) in (IEnumerable<(string, string)>)
        [
            ("greeting.py", "TEXT = 'hello'\n"),
            ("greeting-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: greeting\nVersion: 1.0\n"),
            ("greeting-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
            ("greeting-1.0.dist-info/RECORD", "greeting.py,,\ngreeting-1.0.dist-info/METADATA,,\ngreeting-1.0.dist-info/WHEEL,,\ngreeting-1.0.dist-info/RECORD,,\n"),
        ])
        {
            await using var entry = await wheel.CreateEntry(name).OpenAsync(TestContext.Current.CancellationToken);
            await entry.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken);
        }
    }

    [Theory]
    [InlineData("s3://inputs/none.tar.gz", "t.py", "was not found")]
    [InlineData("file:///etc/passwd", "t.py", "outside")]
    [InlineData("s3://inputs/code", "t\0.py", "zero character")]
    public void A_script_whose_code_is_not_to_be_had_is_refused_before_it_is_accepted(string folder, string program, string sentence)
    {
        Input("code/t.py", "print(1)");
        var definition = Spec("").Definition with { Image = "1.dkr.ecr.eu-central-1.amazonaws.com/pytorch-training:2.1" };
        var hyperParameters = new Dictionary<string, string> { ["sagemaker_program"] = program, ["sagemaker_submit_directory"] = folder };
        Assert.Contains(sentence, OpenWith(Options()).Refuse(definition, hyperParameters, "us-east-1"), StringComparison.Ordinal);
        hyperParameters = new Dictionary<string, string> { ["sagemaker_program"] = "t.py", ["sagemaker_submit_directory"] = "s3://inputs/code" };
        Assert.Null(OpenWith(Options()).Refuse(definition, hyperParameters, "us-east-1"));
    }
}
