using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Rekindle.Server;
using Spectre.Console.Testing;

namespace Rekindle.Cli.Tests.Importing;

/// <summary>The commands against a real server.</summary>
public sealed class ImportCommandTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rekindle-cli-import-").FullName;
    private RekindleServer _server = null!;
    private byte[] _input = [];

    public async ValueTask InitializeAsync() => _server = await RekindleServer.StartAsync(
        new ServerOptions { Url = "http://127.0.0.1:0", DataFolder = Path.Combine(_folder, "data"), EndsOnSignal = false },
        TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_dump_is_imported_and_its_export_imports_to_the_same_export()
    {
        var (code, output, errors) = await RunAsync("import", PathOf("sagemaker_dump.json"));
        Assert.True(code == 0, errors);
        Assert.Contains("xgboost-200326-1430 is imported: 12 training jobs, 10 with an objective", output, StringComparison.Ordinal);

        var (_, export, _) = await RunAsync("export", "xgboost-200326-1430");
        Assert.Equal(0, (await RunAsync("import", await FileAsync("copy.json", export), "--name", "copy")).Code);
        var (_, copy, _) = await RunAsync("export", "copy");
        Assert.Equal(export, copy.Replace("\"copy\"", "\"xgboost-200326-1430\"", StringComparison.Ordinal)
            .Replace("tuning-job/copy\"", "tuning-job/xgboost-200326-1430\"", StringComparison.Ordinal));
        Assert.Equal(0, (await RunAsync("export", "copy", "--output", Path.Combine(_folder, "out.json"))).Code);
        Assert.Equal(copy, await File.ReadAllTextAsync(Path.Combine(_folder, "out.json"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_table_is_imported_with_what_was_guessed_printed()
    {
        var file = await FileAsync("runs.csv", "lr,optimizer,accuracy\n0.00001,adam,0.5\n0.1,sgd,0.75\n0.01,sgd,\n");

        var (code, output, errors) = await RunAsync("import", file, "--objective", "accuracy", "--goal", "Maximize", "--range", "lr=1e-6..1:log");

        Assert.True(code == 0, errors);
        Assert.Contains("1e-6 .. 1", output, StringComparison.Ordinal);
        Assert.Contains("adam sgd", output, StringComparison.Ordinal);
        Assert.Contains("runs is imported: 3 training jobs, 2 with an objective", output, StringComparison.Ordinal);
        var (_, best, _) = await RunAsync("best", "runs", "--json");
        Assert.Equal("0.1", JsonNode.Parse(best)!["BestTrainingJob"]!["TunedHyperParameters"]!["lr"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("storage.db")]
    [InlineData("journal-3.log")]
    [InlineData("journal-5.log")]
    public async Task Optunas_files_are_imported(string file)
    {
        var (code, output, errors) = await RunAsync("import", PathOf(file), "--study", "lenet", "--json");

        Assert.True(code == 0, errors);
        var answer = JsonNode.Parse(output)!;
        // The one that was running and the one of an infinite value know only one parameter; what is missing is not outside.
        Assert.Equal((17, 12, 0), ((int)answer["TrainingJobs"]!, (int)answer["Usable"]!, (int)answer["OutOfRange"]!));
        Assert.Empty(answer["Warnings"]!.AsArray());
        Assert.Contains("note: ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_prints_the_document_and_imports_nothing()
    {
        var file = await FileAsync("runs.csv", "x,loss\n1,2\n3,4\n");
        var (_, document, _) = await RunAsync("import", file, "--objective", "loss", "--goal", "min", "--dry-run");
        Assert.NotEqual(0, (await RunAsync("describe", "runs")).Code);

        Assert.Equal(0, (await RunAsync("import", await FileAsync("document.json", document))).Code);
        var (_, described, _) = await RunAsync("describe", "runs");
        Assert.Matches(@"Imported +\d{4}-\d\d-\d\dT", described);
        var exported = JsonNode.Parse((await RunAsync("export", "runs")).Output)!["TuningJob"]!;
        Assert.Equal((2, 0), ((int)exported["TrainingJobStatusCounters"]!["Completed"]!, (int)exported["TrainingJobStatusCounters"]!["InProgress"]!));
        Assert.Equal((2, 0), ((int)exported["ObjectiveStatusCounters"]!["Succeeded"]!, (int)exported["ObjectiveStatusCounters"]!["Failed"]!));
    }

    [Fact]
    public async Task A_packed_file_is_unpacked_and_a_cut_one_refused()
    {
        var packed = await PackedAsync(await File.ReadAllBytesAsync(PathOf("sagemaker_dump.json"), TestContext.Current.CancellationToken));
        var whole = Path.Combine(_folder, "dump.json.gz");
        await File.WriteAllBytesAsync(whole, packed, TestContext.Current.CancellationToken);
        Assert.Equal(0, (await RunAsync("import", whole)).Code);
        foreach (var length in new[] { 3, 20, packed.Length / 2, packed.Length - 1 })
        {
            var cut = Path.Combine(_folder, $"cut-{length}.gz");
            await File.WriteAllBytesAsync(cut, packed[..length], TestContext.Current.CancellationToken);
            var (code, _, errors) = await RunAsync("import", cut, "--name", "cut");
            Assert.Equal(1, code);
            Assert.Contains("can't be read", errors, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("storage.db")]
    [InlineData("journal-5.log")]
    public async Task A_packed_storage_of_Optuna_is_read_from_a_file_and_from_standard_input(string file)
    {
        var packed = await PackedAsync(await File.ReadAllBytesAsync(PathOf(file), TestContext.Current.CancellationToken));
        var path = Path.Combine(_folder, $"{file}.gz");
        await File.WriteAllBytesAsync(path, packed, TestContext.Current.CancellationToken);
        foreach (var (source, name) in new[] { (path, "of-a-file"), ("-", "of-input") })
        {
            _input = packed;
            var (code, output, errors) = await RunAsync("import", source, "--study", "lenet", "--name", name);
            Assert.True(code == 0, errors);
            Assert.Contains("17 training jobs, 12 with an objective", output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_table_from_standard_input_may_begin_with_the_mark_of_UTF_8_and_a_packed_one_has_the_name_of_its_file()
    {
        byte[] table = [.. Encoding.UTF8.Preamble, .. "größe;accuracy\n1;0.5\n2;0.75\n"u8];
        _input = table;
        var (code, output, errors) = await RunAsync("import", "-", "--objective", "accuracy", "--goal", "max");
        Assert.True(code == 0, errors);
        Assert.Contains("größe", output, StringComparison.Ordinal);
        Assert.Contains("imported is imported: 2 training jobs", output, StringComparison.Ordinal);

        var path = Path.Combine(_folder, "runs.csv.gz");
        await File.WriteAllBytesAsync(path, await PackedAsync(table), TestContext.Current.CancellationToken);
        Assert.Contains("runs is imported", (await RunAsync("import", path, "--objective", "accuracy", "--goal", "max")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_an_objective_takes_no_name()
    {
        var file = await FileAsync("runs.csv", "lr;acc\n0,001;0,93\n0,01;0,95\n");

        var (code, _, errors) = await RunAsync("import", file, "--objective", "acc", "--goal", "max");

        Assert.Equal(1, code);
        Assert.Contains("'0,93' in row 1", errors, StringComparison.Ordinal);
        Assert.NotEqual(0, (await RunAsync("describe", "runs")).Code);
    }

    [Fact]
    public async Task The_environment_it_ran_with_is_the_one_a_child_must_have()
    {
        var file = await FileAsync("runs.csv", "lr,acc\n0.001,0.5\n0.1,0.75\n");
        string[] flags = ["--objective", "acc", "--goal", "max", "--image", "a/algo:1", "--environment", "A=1", "--environment", "B=x=y"];
        var (code, _, errors) = await RunAsync(["import", file, .. flags]);
        Assert.True(code == 0, errors);

        var (_, output, _) = await RunAsync("continue", "runs", "--more", "3", "--dry-run", "--json");
        var request = JsonNode.Parse(output)!["Request"]!;
        Assert.Equal("""{"A":"1","B":"x=y"}""", request["TrainingJobDefinition"]!["Environment"]!.ToJsonString());
        Assert.DoesNotContain("FrozenFields", output, StringComparison.Ordinal);
        request["TrainingJobDefinition"]!["Environment"]!["A"] = "2";
        var refused = await RunAsync("plan", await FileAsync("other.json", request.ToJsonString()));
        Assert.Contains("FrozenFields", refused.Output, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync("import", file, "--environment", "A")).Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("{\"TuningJob\": 1, \"TrainingJobs\": 2}")]
    [InlineData("SQLite format 3\0 and nothing else")]
    [InlineData("{\"op_code\": 99}")]
    [InlineData("{\"op_code\": 4}\n{}")]
    [InlineData("a,b\n\u0000")]
    public async Task Garbage_is_refused_in_a_sentence(string content)
    {
        var (code, _, errors) = await RunAsync("import", await FileAsync("garbage", content));

        Assert.Equal(1, code);
        Assert.StartsWith("error: ", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_document_larger_than_a_request_may_be_is_refused_before_it_is_sent()
    {
        var (code, _, errors) = await RunAsync(
            "import", await FileAsync("huge.json", $$"""{"TuningJob": {"X": "{{new string('x', 17 << 20)}}"}, "TrainingJobs": []}"""));

        Assert.Equal(1, code);
        Assert.Contains("DocumentTooLarge", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_is_named()
    {
        var (code, _, errors) = await RunAsync("import", "/no/such/file");

        Assert.Equal(1, code);
        Assert.Contains("/no/such/file can't be read", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_Python_writes_for_a_number_that_is_none_is_a_missing_objective()
    {
        var text = await File.ReadAllTextAsync(PathOf("sagemaker_dump.json"), TestContext.Current.CancellationToken);
        var dump = JsonNode.Parse(text)!;
        dump["TrainingJobs"]![0]!["FinalHyperParameterTuningJobObjectiveMetric"]!["Value"] = "PLACE";

        var (code, output, errors) = await RunAsync(
            "import", await FileAsync("nan.json", dump.ToJsonString().Replace("\"PLACE\"", "NaN", StringComparison.Ordinal)));

        Assert.True(code == 0, errors);
        Assert.Contains("9 with an objective", output, StringComparison.Ordinal);
        Assert.Contains("warning: ", errors, StringComparison.Ordinal);
    }

    private static async Task<byte[]> PackedAsync(byte[] bytes)
    {
        var packed = new MemoryStream();
        await using (var zip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            await zip.WriteAsync(bytes, TestContext.Current.CancellationToken);
        }

        return packed.ToArray();
    }

    private static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "Data", file);

    private async Task<string> FileAsync(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        await File.WriteAllTextAsync(path, content, new UTF8Encoding(false), TestContext.Current.CancellationToken);
        return path;
    }

    private async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        await using var output = new StringWriter();
        await using var errors = new StringWriter();
        using var console = new TestConsole();
        console.Profile.Width = 200;
        var shell = new Shell
        {
            In = TextReader.Null,
            OpenIn = () => new MemoryStream(_input),
            Out = output,
            Error = errors,
            Console = console,
            Variable = name => name == "REKINDLE_ENDPOINT" ? _server.Url.ToString() : null,
            Clock = TimeProvider.System,
        };
        var code = await RekindleProgram.RunAsync(arguments, shell, TestContext.Current.CancellationToken);
        return (code, output + console.Output, errors.ToString());
    }
}
