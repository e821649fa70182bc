using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.Executors.Contract;

public abstract partial class ExecutorContract
{
    [Fact]
    public async Task Hyperparameters_are_a_flat_object_of_strings_with_every_character_kept()
    {
        var executor = Open();
        var spec = Spec("cat $M/input/config/hyperparameters.json") with
        {
            HyperParameters = new Dictionary<string, string> { ["num_round"] = "10", ["eta"] = "1e-05", ["text"] = "\u00fc \"q\" \\ <&> '$HOME`id`" },
        };
        await SubmitAsync(executor, spec);
        Assert.Equal(["""{"eta":"1e-05","num_round":"10","text":"ü \"q\" \\ <&> '$HOME`id`"}"""], Texts(await EndOfAsync(executor, spec.Name)));
    }

    [Fact]
    public async Task The_metrics_file_is_read_while_the_program_runs_and_when_it_has_ended()
    {
        var executor = Open();
        var spec = Spec("echo '{\"a\":1}' > $M/output/metrics.jsonl; echo written; while [ ! -e $M/model/go ]; do sleep 0.05; done; printf '{\"a\":2}' >> $M/output/metrics.jsonl");
        await SubmitAsync(executor, spec);
        await LineAsync(executor, spec.Name, "written");
        var running = await executor.ReadMetricsAsync(spec.Name, 0, complete: false, CancellationToken.None);
        Assert.Equal([new LogLine(0, """{"a":1}""")], running.Lines);
        await File.WriteAllTextAsync(Path.Combine(ExecutionsFolder, spec.Name, "opt-ml", "model", "go"), "");
        await EndOfAsync(executor, spec.Name);
        var ended = await Open().ReadMetricsAsync(spec.Name, running.NextPosition, complete: true, CancellationToken.None);
        Assert.Equal([new LogLine(8, """{"a":2}""")], ended.Lines);
    }

    [Fact]
    public async Task Resource_and_input_configuration_say_what_a_container_is_told()
    {
        Input("train/a.csv", "1");
        var report = await RunAsync("cat $M/input/config/resourceconfig.json; echo; cat $M/input/config/inputdataconfig.json", definition => definition with
        {
            InstanceType = "ml.m5.large",
            Channels =
            [
                new Channel { Name = "train", S3Uri = "s3://inputs/train", ContentType = "text/csv" },
                new Channel { Name = "validation", S3Uri = "s3://inputs/train", InputMode = "FastFile", Distribution = "ShardedByS3Key" },
            ],
        });
        Assert.Equal(
            [
                """{"current_host":"algo-1","current_instance_type":"ml.m5.large","current_group_name":"homogeneousCluster","hosts":["algo-1"],"instance_groups":[{"instance_group_name":"homogeneousCluster","instance_type":"ml.m5.large","hosts":["algo-1"]}],"network_interface_name":"eth0"}""",
                """{"train":{"ContentType":"text/csv","TrainingInputMode":"File","S3DistributionType":"FullyReplicated","RecordWrapperType":"None"},"validation":{"TrainingInputMode":"FastFile","S3DistributionType":"ShardedByS3Key","RecordWrapperType":"None"}}""",
            ],
            Texts(report));
    }

    [Fact]
    public async Task The_environment_holds_the_contracts_variables_and_nothing_of_the_servers()
    {
        Environment.SetEnvironmentVariable("REKINDLE_TEST_SECRET", "secret");
        Input("train/a.csv", "1");
        var executor = Open();
        // As the program was given it: shells leave out names with a dash.
        var spec = Spec("tr '\\0' '\\n' < /proc/$$/environ", change: definition => definition with
        {
            Environment = new Dictionary<string, string> { ["MINE"] = "a b=c", ["TRAINING_JOB_NAME"] = "forged" },
            Channels = [new Channel { Name = "train", S3Uri = "s3://inputs/train" }],
        });
        spec = spec with { HyperParameters = new Dictionary<string, string> { ["batch-size"] = "32", ["optimizer"] = "\"sgd\"", ["sagemaker_region"] = "x" } };
        await SubmitAsync(executor, spec);
        var environment = Texts(await EndOfAsync(executor, spec.Name)).Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1]);
        var root = environment["REKINDLE_OPT_ML"];
        if (IsSandboxed) Assert.Equal("/opt/ml", root);
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["TRAINING_JOB_NAME"] = spec.Name,
            ["TRAINING_JOB_ARN"] = spec.TrainingJobArn,
            ["AWS_REGION"] = Region,
            ["AWS_DEFAULT_REGION"] = Region,
            ["MINE"] = "a b=c",
            ["SM_MODEL_DIR"] = root + "/model",
            ["SM_CHANNELS"] = """["train"]""",
            ["SM_CHANNEL_TRAIN"] = root + "/input/data/train",
            ["SM_HPS"] = """{"batch-size":32,"optimizer":"sgd"}""",
            ["SM_HP_BATCH-SIZE"] = "32",
            ["SM_HP_OPTIMIZER"] = "sgd",
            ["SM_HOSTS"] = """["algo-1"]""",
            ["SM_CURRENT_HOST"] = "algo-1",
            ["SM_NUM_GPUS"] = "0",
            ["SM_INPUT_DIR"] = root + "/input",
            ["SM_INPUT_CONFIG_DIR"] = root + "/input/config",
            ["SM_OUTPUT_DIR"] = root + "/output",
            ["SM_OUTPUT_DATA_DIR"] = root + "/output/data",
        })
        {
            Assert.Equal(value, environment.GetValueOrDefault(name));
        }

        Assert.DoesNotContain("REKINDLE_TEST_SECRET", environment.Keys);
        Assert.DoesNotContain("SM_HP_SAGEMAKER_REGION", environment.Keys);
        using var _ = JsonDocument.Parse(environment["SM_RESOURCE_CONFIG"]);
    }

    [Fact]
    public async Task A_hyperparameter_too_long_for_the_environment_still_starts()
    {
        var executor = Open();
        var spec = Spec("echo ${SM_HP_BIG:-none}; wc -c < $M/input/config/hyperparameters.json") with
        {
            HyperParameters = new Dictionary<string, string> { ["big"] = new('x', 200_000) },
        };
        await SubmitAsync(executor, spec);
        Assert.Equal(["none", "200010"], Texts(await EndOfAsync(executor, spec.Name)));
    }

    [Fact]
    public async Task The_failure_file_is_reported_up_to_its_1024th_character()
    {
        var report = await RunAsync("printf 'bad \\303\\274 \\377 ' > $M/output/failure; head -c 5000 /dev/zero | tr '\\0' x >> $M/output/failure; exit 1");
        Assert.Equal("bad \u00fc \ufffd " + new string('x', 1016), report.Failure);
    }

    [Theory]
    [InlineData("ln -s /etc/hostname $M/output/failure")]
    [InlineData("mkfifo $M/output/failure")]
    [InlineData("mkdir $M/output/failure")]
    [InlineData("mv $M/output $M/old; mkdir $M/fake; echo planted > $M/fake/failure; ln -s fake $M/output")]
    public async Task A_planted_failure_file_is_not_read(string plant)
    {
        var report = await RunAsync(plant + "; exit 1");
        Assert.Equal(1, report.ExitCode);
        Assert.Null(report.Failure);
    }

    [Fact]
    public async Task What_is_said_of_a_model_is_where_it_lies_also_under_an_output_path_with_two_slashes()
    {
        var executor = Open();
        var spec = Spec("echo weights > $M/model/w.bin", change: definition => definition with { OutputPath = "s3://artifacts//out//deep//" });
        await SubmitAsync(executor, spec);
        await EndOfAsync(executor, spec.Name);
        var collected = await executor.CollectAsync(spec, CancellationToken.None);
        Assert.Equal($"s3://artifacts/out/deep/{spec.Name}/output/model.tar.gz", collected.ModelArtifact);
        Assert.True(File.Exists(Path.Combine(DataFolder, "s3", "artifacts", "out", "deep", spec.Name, "output", "model.tar.gz")));
    }

    [Fact]
    public async Task Model_and_output_are_packed_and_packing_again_gives_the_same()
    {
        var executor = Open();
        var spec = Spec("mkdir $M/model/sub; echo weights > $M/model/sub/w.bin; chmod 750 $M/model/sub/w.bin; ln -s sub/w.bin $M/model/link; echo plot > $M/output/data/plot.txt; exit 1");
        await SubmitAsync(executor, spec);
        await EndOfAsync(executor, spec.Name);
        var collected = await executor.CollectAsync(spec, CancellationToken.None);
        Assert.Equal($"s3://artifacts/out/{spec.Name}/output/model.tar.gz", collected.ModelArtifact);
        Assert.Equal($"s3://artifacts/out/{spec.Name}/output/output.tar.gz", collected.OutputArtifact);
        var folder = Path.Combine(DataFolder, "s3", "artifacts", "out", spec.Name, "output");
        var first = await File.ReadAllBytesAsync(Path.Combine(folder, "model.tar.gz"));
        var entries = Entries(first);
        Assert.Equal(["link -> sub/w.bin", "sub/", "sub/w.bin: weights\n"], entries);
        Assert.Equal(["plot.txt: plot\n"], Entries(await File.ReadAllBytesAsync(Path.Combine(folder, "output.tar.gz"))));

        Assert.Equal(collected, await Open().CollectAsync(spec, CancellationToken.None));
        Assert.Equal(first, await File.ReadAllBytesAsync(Path.Combine(folder, "model.tar.gz")));
        Assert.Equal(["model.tar.gz", "output.tar.gz"], Directory.GetFiles(folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task What_a_killed_server_left_half_packed_does_not_stay_among_the_objects()
    {
        var executor = Open();
        var spec = Spec("echo weights > $M/model/w");
        await SubmitAsync(executor, spec);
        await EndOfAsync(executor, spec.Name);
        var folder = Directory.CreateDirectory(Path.Combine(DataFolder, "s3", "artifacts", "out", spec.Name, "output")).FullName;
        using (var killed = new CancellationTokenSource())
        {
            // The next best thing to a kill: it is seen in the middle, and taken up by another.
            await killed.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => executor.CollectAsync(spec, killed.Token));
        }

        await File.WriteAllTextAsync(Path.Combine(folder, ".model.partial"), "half");
        await Open().CollectAsync(spec, CancellationToken.None);
        Assert.Equal(["model.tar.gz"], Directory.GetFileSystemEntries(folder).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Discarding_the_work_of_an_ended_execution_leaves_its_log_and_its_end()
    {
        var executor = Open();
        var mark = Mark();
        var spec = Spec("echo said; mkdir $M/model/locked; echo weights > $M/model/locked/w; chmod 0 $M/model/locked; exit 3", change: definition => definition with
        {
            Environment = new Dictionary<string, string> { ["TOKEN"] = mark },
        });
        await SubmitAsync(executor, spec);
        await EndOfAsync(executor, spec.Name);
        var running = Spec("echo ready; sleep 60");
        await SubmitAsync(executor, running);
        await LineAsync(executor, running.Name, "ready");

        var left = Assert.Single(executor.FindLeftWork());
        Assert.Equal(spec.Name, left.Name);
        await executor.DiscardWorkAsync(left, CancellationToken.None);

        Assert.Empty(executor.FindLeftWork());
        Assert.Empty(Open().FindLeftWork());
        Assert.Empty(FilesWith(mark));
        var report = await EndOfAsync(Open(), spec.Name);
        Assert.Equal((ExecutionState.Exited, 3, "said"), (report.State, report.ExitCode, Assert.Single(Texts(report))));
        await executor.SubmitAsync(spec, CancellationToken.None);
        Assert.Equal(ExecutionState.Exited, (await executor.ObserveAsync(spec.Name, 0, CancellationToken.None)).State);
        await executor.StopAsync(running.Name, TimeSpan.Zero, CancellationToken.None);
    }

    [Fact]
    public async Task The_work_of_a_later_execution_of_the_same_name_is_not_discarded()
    {
        var executor = Open();
        var spec = Spec("echo weights > $M/model/w");
        await SubmitAsync(executor, spec);
        await EndOfAsync(executor, spec.Name);
        var left = Assert.Single(executor.FindLeftWork());
        await executor.RemoveAsync(spec.Name, CancellationToken.None);
        await executor.SubmitAsync(spec, CancellationToken.None);
        await EndOfAsync(executor, spec.Name);

        await executor.DiscardWorkAsync(left, CancellationToken.None);

        Assert.NotNull((await executor.CollectAsync(spec, CancellationToken.None)).ModelArtifact);
    }

    [Fact]
    public async Task A_program_that_leaves_nothing_has_no_artifacts()
    {
        var executor = Open();
        var spec = Spec("true");
        await SubmitAsync(executor, spec);
        await EndOfAsync(executor, spec.Name);
        Assert.Equal(new CollectedArtifacts(null, null), await executor.CollectAsync(spec, CancellationToken.None));
    }

    [Fact]
    public async Task Uncompressed_artifacts_are_plain_files_without_links()
    {
        var executor = Open();
        var spec = Spec("mkdir $M/model/1; echo w > $M/model/1/w; ln -s /etc/passwd $M/model/users", change: definition => definition with { CompressArtifacts = false });
        await SubmitAsync(executor, spec);
        await EndOfAsync(executor, spec.Name);
        var collected = await executor.CollectAsync(spec, CancellationToken.None);
        Assert.Equal($"s3://artifacts/out/{spec.Name}/output/model/", collected.ModelArtifact);
        var folder = Path.Combine(DataFolder, "s3", "artifacts", "out", spec.Name, "output", "model");
        Assert.Equal(["1/w"], Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path)));
    }

    [Fact]
    public async Task Nothing_outside_its_folders_gets_into_the_artifacts()
    {
        var executor = Open();
        var secret = Path.Combine(Folder, "secret");
        Directory.CreateDirectory(secret);
        await File.WriteAllTextAsync(Path.Combine(secret, "key"), "top secret");
        var spec = Spec($"""
            cd $M/model
            ln -s {secret} folder; ln -s {secret}/key file; ln -s / root; ln -s loop loop; mkfifo pipe
            printf 'x' > "$(printf 'tab\tand = sign')"; printf x > '-rf'; mkdir deep; ln -s ../.. deep/up
            rm -r $M/output/data; ln -s {secret} $M/output/data
            """);
        await SubmitAsync(executor, spec);
        await EndOfAsync(executor, spec.Name);
        var collected = await executor.CollectAsync(spec, CancellationToken.None);
        Assert.Null(collected.OutputArtifact);
        var entries = Entries(await File.ReadAllBytesAsync(Path.Combine(DataFolder, "s3", "artifacts", "out", spec.Name, "output", "model.tar.gz")));
        Assert.Equal(
            ["-rf: x", "deep/", "deep/up -> ../..", $"file -> {secret}/key", $"folder -> {secret}", "loop -> loop", "root -> /", "tab\tand = sign: x"], entries);
    }

    [Fact]
    public async Task A_model_folder_replaced_by_a_link_is_no_model()
    {
        var executor = Open();
        var spec = Spec("rm -r $M/model; ln -s /etc $M/model");
        await SubmitAsync(executor, spec);
        await EndOfAsync(executor, spec.Name);
        Assert.Null((await executor.CollectAsync(spec, CancellationToken.None)).ModelArtifact);
    }

    [Fact]
    public async Task A_channel_shows_the_objects_below_its_prefix()
    {
        Input("train/a.csv", "1");
        Input("train/deep/b.csv", "2");
        Input("other/c.csv", "3");
        Input("digits.rec", "4");
        var report = await RunAsync("cd $M/input/data; find -L . -type f | sort; cat train/deep/b.csv single/digits.rec", definition => definition with
        {
            Channels =
            [
                new Channel { Name = "train", S3Uri = "s3://inputs/train" },
                new Channel { Name = "slash", S3Uri = "s3://inputs/train/" },
                new Channel { Name = "single", S3Uri = "s3://inputs/digits.rec" },
            ],
        });
        Assert.Equal(["./single/digits.rec", "./slash/a.csv", "./slash/deep/b.csv", "./train/a.csv", "./train/deep/b.csv", "24"], Texts(report));
    }

    [Fact]
    public async Task A_prefix_matches_names_not_only_folders()
    {
        Input("train/a.csv", "1");
        Input("train-2/b.csv", "2");
        Input("train.csv", "3");
        Input("trial/c.csv", "4");
        var report = await RunAsync("cd $M/input/data/train; find -L . -type f | sort", definition => definition with
        {
            Channels = [new Channel { Name = "train", S3Uri = "s3://inputs/train" }],
        });
        Assert.Equal(["./a.csv", "./train-2/b.csv", "./train.csv"], Texts(report));
    }

    [Fact]
    public async Task A_manifest_names_its_files()
    {
        Input("data/a.csv", "1");
        Input("data/deep/b.csv", "2");
        Input("data/c.csv", "3");
        Input("my.manifest", """[{"prefix": "s3://inputs/data/"}, "a.csv", "deep/b.csv"]""");
        var report = await RunAsync("cd $M/input/data/train; find -L . -type f | sort", definition => definition with
        {
            Channels = [new Channel { Name = "train", S3Uri = "s3://inputs/my.manifest", S3DataType = "ManifestFile" }],
        });
        Assert.Equal(["./a.csv", "./deep/b.csv"], Texts(report));
    }

    [Fact]
    public async Task A_manifest_of_many_files_shows_them_all()
    {
        var names = Enumerable.Range(0, 300).Select(i => $"f{i:000}").ToList();
        names.ForEach(name => Input("data/" + name, name));
        Input("my.manifest", JsonSerializer.Serialize(new object[] { new Dictionary<string, string> { ["prefix"] = "s3://inputs/data/" } }.Concat(names)));
        var report = await RunAsync("cd $M/input/data/train; ls | wc -l; cat f299", definition => definition with
        {
            Channels = [new Channel { Name = "train", S3Uri = "s3://inputs/my.manifest", S3DataType = "ManifestFile" }],
        });
        Assert.Equal(["300", "f299"], Texts(report));
    }

    [Fact]
    public async Task Missing_input_is_refused_in_the_words_of_AWS_and_nothing_starts()
    {
        var executor = Open();
        var spec = Spec("true", change: definition => definition with { Channels = [new Channel { Name = "train", S3Uri = "s3://inputs/nothing" }] });
        var refused = await Assert.ThrowsAsync<ExecutionRefusedException>(() => executor.SubmitAsync(spec, CancellationToken.None));
        Assert.StartsWith(
            "No S3 objects found under S3 URL \"s3://inputs/nothing\" given in input data source. Please ensure that the bucket exists in the selected region (eu-central-1)",
            refused.Message,
            StringComparison.Ordinal);
        Assert.Equal(ExecutionState.Absent, (await executor.ObserveAsync(spec.Name, 0, CancellationToken.None)).State);
    }

    /// <summary>Puts an object into the bucket "inputs".</summary>
    protected void Input(string key, string content)
    {
        var path = Path.Combine(DataFolder, "s3", "inputs", key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    private List<string> FilesWith(string mark) =>
    [
        .. Directory.GetFiles(DataFolder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true })
            .Where(path => File.ReadAllText(path).Contains(mark, StringComparison.Ordinal)),
    ];

    private static List<string> Entries(byte[] archive)
    {
        using var reader = new TarReader(new GZipStream(new MemoryStream(archive), CompressionMode.Decompress));
        var entries = new List<string>();
        while (reader.GetNextEntry() is { } entry)
        {
            entries.Add(entry.EntryType switch
            {
                TarEntryType.SymbolicLink => $"{entry.Name} -> {entry.LinkName}",
                TarEntryType.Directory => entry.Name,
                _ => $"{entry.Name}: {(entry.DataStream is null ? "" : new StreamReader(entry.DataStream).ReadToEnd())}",
            });
        }

        return entries;
    }
}
