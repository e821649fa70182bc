using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Rekindle.Server.Tests.Feeding;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.Executors.Contract;

public abstract partial class ExecutorContract
{
    private static readonly Channel Train = new() { Name = "train", S3Uri = "s3://inputs/train/", InputMode = "Pipe" };

    [Fact]
    public async Task A_channel_in_pipe_mode_is_a_fifo_an_epoch()
    {
        Input("train/a", "1\n");
        Input("train/b", "2\n");
        Input("files/c", "3\n");
        var report = await RunAsync(
            """
            cd $M/input/data
            [ -p train_0 ] && [ ! -e train ] && echo fifo
            exec 3<train_0; [ -p train_1 ] && echo next; cat <&3; exec 3<&-
            cat train_1 files/c train_2 | tr '\n' ' '; echo
            [ -e train_0 ] || echo gone
            grep -o '"train":{[^}]*}' $M/input/config/inputdataconfig.json | grep -o '"TrainingInputMode":"[^"]*"'
            echo $SM_CHANNEL_TRAIN | sed "s:$M/::"
            """,
            definition => definition with { Channels = [Train, new Channel { Name = "files", S3Uri = "s3://inputs/files" }] });
        Assert.Equal(
            ["fifo", "next", "1", "2", "1 2 3 1 2 ", "gone", "\"TrainingInputMode\":\"Pipe\"", "input/data/train"], Texts(report));
        Assert.Equal((ExecutionState.Exited, 0), (report.State, report.ExitCode));
    }

    [Fact]
    public async Task A_reader_that_closes_early_gets_the_next_epoch_from_its_beginning()
    {
        // More than a FIFO holds, so that whoever writes has to wait for the reader.
        Input("train/a", string.Concat(Enumerable.Range(0, 400_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i,9}\n"))));
        var report = await RunAsync(
            "cd $M/input/data; head -n 2 train_0; head -n 1 train_1; md5sum < train_2; md5sum < train_3; cat train_4 | wc -c",
            definition => definition with { Channels = [Train] });
        var lines = Texts(report);
        Assert.Equal(["        0", "        1", "        0"], lines[..3]);
        Assert.Equal(lines[3], lines[4]);
        Assert.Equal("4000000", lines[5].Trim());
    }

    [Fact]
    public async Task Objects_are_decompressed_wrapped_and_shuffled_on_the_way()
    {
        var contents = Enumerable.Range(0, 30).Select(i => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"object {i}") + new string('x', i))).ToList();
        foreach (var (i, content) in contents.Index()) Input($"train/{i:00}.gz", Packed(content));
        Input("lines", "{\"l\": 1, \"x-ref\": \"s3://inputs/train/00.gz\"}\n{\"x-ref\": \"s3://inputs/train/01.gz\", \"l\": 2}\n");
        var channel = Train with { CompressionType = "Gzip", RecordWrapperType = "RecordIO", ShuffleSeed = 3 };
        var executor = Open();
        var spec = Spec(
            "cd $M/input/data; cat lines_0 > $M/model/lines & cat train_0 > $M/model/0; cat train_1 > $M/model/1; wait",
            change: definition => definition with
            {
                Channels = [channel, Train with { Name = "lines", S3Uri = "s3://inputs/lines", S3DataType = "AugmentedManifestFile", AttributeNames = ["x-ref", "l"] }],
            });
        await SubmitAsync(executor, spec);
        Assert.Equal(0, (await EndOfAsync(executor, spec.Name)).ExitCode);
        var model = Path.Combine(ExecutionsFolder, spec.Name, "opt-ml", "model");
        var epochs = new List<List<byte[]>>();
        foreach (var epoch in (string[])["0", "1"])
        {
            var stream = await File.ReadAllBytesAsync(Path.Combine(model, epoch));
            epochs.Add(RecordReader.Read(stream));
        }

        Assert.All(epochs, records => Assert.Equal(contents.Select(Convert.ToHexString), records.Select(Convert.ToHexString).OrderBy(text => text.Length).ThenBy(text => text)));
        Assert.NotEqual(epochs[0].Select(Convert.ToHexString), epochs[1].Select(Convert.ToHexString));
        Assert.NotEqual(contents.Select(Convert.ToHexString), epochs[0].Select(Convert.ToHexString));
        byte[] lines = [.. Packed(contents[0]), (byte)'1', .. Packed(contents[1]), (byte)'2'];
        Assert.Equal(lines, await File.ReadAllBytesAsync(Path.Combine(model, "lines")));
    }

    [Fact]
    public async Task A_damaged_object_fails_the_training_job_and_its_program_never_sees_an_end()
    {
        var executor = Open();
        var whole = Packed(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 3000))));
        Input("train/a.gz", whole);
        Input("train/b.gz", whole[..^9]);
        var spec = Spec("echo begin; cat $M/input/data/train_0 | wc -c; echo end", change: definition => definition with { Channels = [Train with { CompressionType = "Gzip" }] });
        await SubmitAsync(executor, spec);
        var report = await EndOfAsync(executor, spec.Name);
        Assert.Equal(["begin"], Texts(report));
        Assert.Equal(ExecutionState.Exited, report.State);
        Assert.StartsWith("Channel \"train\": the object \"b.gz\" is no whole gzip file", report.Refusal, StringComparison.Ordinal);
        await NoFeederAsync(spec);
        Assert.Equal(report.Refusal, (await Open().ObserveAsync(spec.Name, 0, CancellationToken.None)).Refusal);
    }

    [Fact]
    public async Task An_object_that_vanishes_between_two_epochs_fails_the_training_job()
    {
        var executor = Open();
        Input("train/a", "1\n");
        Input("train/b", "2\n");
        var spec = Spec("cd $M/input/data; cat train_0; while [ ! -e go ]; do sleep 0.02; done; cat train_1; echo end", change: definition => definition with { Channels = [Train] });
        await SubmitAsync(executor, spec);
        await LineAsync(executor, spec.Name, "2");
        File.Delete(Path.Combine(DataFolder, "s3", "inputs", "train", "b"));
        await File.WriteAllTextAsync(Path.Combine(ExecutionsFolder, spec.Name, "opt-ml", "input", "data", "go"), "");
        var report = await EndOfAsync(executor, spec.Name);
        Assert.Equal("Channel \"train\": the object \"b\" is not there any more.", report.Refusal);
        Assert.DoesNotContain("end", Texts(report));
    }

    [Theory]
    [InlineData("cat $M/input/data/train_0 > /dev/null; echo end; exit 0")]
    [InlineData("trap '' TERM; sleep 60; echo end")]
    public async Task A_program_whose_feeder_is_killed_is_ended_and_lost_whatever_it_says(string script)
    {
        var executor = Open();
        Input("train/a", new string('x', 9_000_000));
        var spec = Spec($"exec 3<$M/input/data/train_0; head -c 1 <&3; echo begin; while [ ! -e $M/input/data/go ]; do sleep 0.02; done; {script}", change: definition => definition with { Channels = [Train] });
        await SubmitAsync(executor, spec);
        await LineAsync(executor, spec.Name, "begin");
        using (var feeder = Process.GetProcessById(Assert.Single(FeedersOf(spec))))
        {
            feeder.Kill();
        }

        await File.WriteAllTextAsync(Path.Combine(ExecutionsFolder, spec.Name, "opt-ml", "input", "data", "go"), "");
        var report = await EndOfAsync(executor, spec.Name);
        Assert.Equal((ExecutionState.Lost, null), (report.State, report.ExitCode));
        Assert.Contains("was ended while the training program ran", report.Reason, StringComparison.Ordinal);
        Assert.Equal(ExecutionState.Lost, (await Open().ObserveAsync(spec.Name, 0, CancellationToken.None)).State);
    }

    [Fact]
    public async Task A_program_that_never_opens_its_fifo_ends_and_is_stopped_like_any_other_and_no_feeder_stays()
    {
        Input("train/a", "1");
        var executor = Open();
        var stopped = Spec("echo ready; sleep 60", change: definition => definition with { Channels = [Train] });
        var removed = Spec("echo ready; sleep 60", change: definition => definition with { Channels = [Train] });
        var ending = Spec("echo done", change: definition => definition with { Channels = [Train] });
        foreach (var spec in (ExecutionSpec[])[stopped, removed, ending]) await SubmitAsync(executor, spec);
        await LineAsync(executor, stopped.Name, "ready");
        await LineAsync(executor, removed.Name, "ready");
        await executor.StopAsync(stopped.Name, TimeSpan.FromSeconds(10), CancellationToken.None);
        Assert.Equal((ExecutionState.Exited, 143, null), Essence(await EndOfAsync(executor, stopped.Name)));
        Assert.Equal((ExecutionState.Exited, 0, null), Essence(await EndOfAsync(executor, ending.Name)));
        await executor.RemoveAsync(removed.Name, CancellationToken.None);
        Assert.Empty(FeedersOf(removed));
        await NoFeederAsync(stopped);
        await NoFeederAsync(ending);
    }

    [Fact]
    public async Task Another_server_takes_the_feeding_up_where_it_is()
    {
        Input("train/a", new string('x', 9_000_000));
        var first = Open();
        var spec = Spec("cd $M/input/data; exec 3<train_0; head -c 1 <&3; echo; echo ready; while [ ! -e go ]; do sleep 0.02; done; cat <&3 >> all; wc -c < all; cat train_1 | wc -c", change: definition => definition with { Channels = [Train] });
        await first.SubmitAsync(spec, CancellationToken.None);
        await LineAsync(first, spec.Name, "ready");
        (first as IDisposable)?.Dispose();
        var second = Open();
        _submitted.Add((second, spec.Name));
        await File.WriteAllTextAsync(Path.Combine(ExecutionsFolder, spec.Name, "opt-ml", "input", "data", "go"), "");
        var report = await EndOfAsync(second, spec.Name);
        Assert.Equal((ExecutionState.Exited, 0, null), Essence(report));
        Assert.Equal("9000000", Texts(report)[^1].Trim());
    }

    [Fact]
    public async Task What_a_program_puts_in_the_place_of_its_fifos_is_neither_written_nor_followed()
    {
        // More than a FIFO holds: the feeder is still busy with the first epoch.
        Input("train/a", new string('x', 9_000_000));
        var victim = Path.Combine(Folder, "victim");
        await File.WriteAllTextAsync(victim, "before");
        var executor = Open();
        var spec = Spec($"cd $M/input/data; exec 3<train_0; rm train_1; ln -s {victim} train_1; cat <&3 > /dev/null; exec 3<&-; sleep 60", change: definition => definition with { Channels = [Train] });
        await SubmitAsync(executor, spec);
        var report = await EndOfAsync(executor, spec.Name);
        Assert.Contains("train_1 is no FIFO any more", report.Refusal, StringComparison.Ordinal);
        Assert.Equal("before", await File.ReadAllTextAsync(victim));
    }

    private static (ExecutionState State, int? ExitCode, string? Refusal) Essence(ExecutionReport report) => (report.State, report.ExitCode, report.Refusal);

    private IReadOnlyList<int> FeedersOf(ExecutionSpec spec) => ProcessesWith($"rekindle-feeder.dll\0{Path.Combine(ExecutionsFolder, spec.Name)}\0");

    private Task NoFeederAsync(ExecutionSpec spec) => NoProcessWithAsync($"rekindle-feeder.dll\0{Path.Combine(ExecutionsFolder, spec.Name)}\0");

    private void Input(string key, byte[] content)
    {
        Input(key, "");
        File.WriteAllBytes(Path.Combine(DataFolder, "s3", "inputs", key), content);
    }

    private static byte[] Packed(byte[] content)
    {
        using var file = new MemoryStream();
        using (var gzip = new GZipStream(file, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return file.ToArray();
    }
}
