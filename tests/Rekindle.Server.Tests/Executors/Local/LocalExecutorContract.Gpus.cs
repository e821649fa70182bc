using Microsoft.Extensions.Logging.Abstractions;
using Rekindle.Server.Executors;
using Rekindle.Server.Executors.Local;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.Executors.Local;

public abstract partial class LocalExecutorContract
{
    private const string Gpus = "echo ${CUDA_VISIBLE_DEVICES-unset} $NVIDIA_VISIBLE_DEVICES $SM_NUM_GPUS";

    [Fact]
    public async Task Programs_have_gpus_of_their_own_and_wait_for_them_in_order()
    {
        var executor = OpenWithGpus("4", "GPU-5");
        var first = GpuSpec($"{Gpus}; until [ -e $M/model/end ]; do sleep 0.02; done", "ml.one");
        var both = GpuSpec(Gpus, "ml.two");
        var last = GpuSpec(Gpus, "ml.one");
        var none = GpuSpec(Gpus, "ml.none");
        await SubmitAsync(executor, first);
        await SubmitAsync(executor, both);
        await SubmitAsync(executor, last);
        await SubmitAsync(executor, none);
        Assert.Equal(["void 0"], Texts(await EndOfAsync(executor, none.Name)));
        Assert.Equal(["4 4 1"], Texts(await LineAsync(executor, first.Name, "4")));
        foreach (var waiting in new[] { both, last })
        {
            var report = await executor.ObserveAsync(waiting.Name, 0, CancellationToken.None);
            Assert.Equal((ExecutionState.Queued, "Waiting for a free GPU"), (report.State, report.Condition));
        }

        await File.WriteAllTextAsync(Path.Combine(ExecutionsFolder, first.Name, "opt-ml", "model", "end"), "");
        Assert.Equal(["4,GPU-5 4,GPU-5 2"], Texts(await EndOfAsync(executor, both.Name)));
        Assert.Equal(["4 4 1"], Texts(await EndOfAsync(executor, last.Name)));
    }

    [Fact]
    public async Task What_an_earlier_server_started_keeps_its_gpus_until_it_ends()
    {
        var gone = OpenWithGpus("0", "1");
        var first = GpuSpec("echo ready; sleep 60", "ml.one");
        await SubmitAsync(gone, first);
        await LineAsync(gone, first.Name, "ready");
        gone.Dispose();
        var next = OpenWithGpus("0", "1");
        var second = GpuSpec($"{Gpus}; sleep 60", "ml.one");
        var third = GpuSpec(Gpus, "ml.one");
        await SubmitAsync(next, second);
        await SubmitAsync(next, third);
        Assert.Equal(["1 1 1"], Texts(await LineAsync(next, second.Name, "1")));
        Assert.Equal(ExecutionState.Queued, (await next.ObserveAsync(third.Name, 0, CancellationToken.None)).State);
        await next.StopAsync(first.Name, TimeSpan.FromSeconds(10), CancellationToken.None);
        Assert.Equal(["0 0 1"], Texts(await EndOfAsync(next, third.Name)));
    }

    [Fact]
    public async Task One_that_is_stopped_in_the_line_for_gpus_lets_the_next_pass()
    {
        var executor = OpenWithGpus("0", "1");
        var first = GpuSpec("echo ready; sleep 60", "ml.one");
        var both = GpuSpec(Gpus, "ml.two");
        var last = GpuSpec(Gpus, "ml.one");
        await SubmitAsync(executor, first);
        await SubmitAsync(executor, both);
        await SubmitAsync(executor, last);
        await executor.StopAsync(both.Name, TimeSpan.Zero, CancellationToken.None);
        Assert.Equal(["1 1 1"], Texts(await EndOfAsync(executor, last.Name)));
        Assert.Null((await EndOfAsync(executor, both.Name)).StartedAt);
    }

    [Fact]
    public async Task More_gpus_than_the_machine_has_are_refused()
    {
        var executor = OpenWithGpus("0");
        var spec = GpuSpec("true", "ml.two");
        Assert.Contains("2 GPUs", executor.Refuse(spec.Definition, spec.HyperParameters, "us-east-1"), StringComparison.Ordinal);
        await Assert.ThrowsAsync<ExecutionRefusedException>(() => executor.SubmitAsync(spec, CancellationToken.None));
    }

    [Fact]
    public async Task The_load_says_who_has_gpus_and_who_waits_for_them_and_managed_spot_training_waits_behind()
    {
        var executor = OpenWithGpus("0", "1");
        var first = GpuSpec("echo ready; while :; do sleep 0.02; done", "ml.two");
        var spot = GpuSpec("echo spot", "ml.one");
        spot = spot with { Definition = AsSpot(spot.Definition) };
        var both = GpuSpec("echo both; while :; do sleep 0.02; done", "ml.two");
        await SubmitAsync(executor, first);
        await LineAsync(executor, first.Name, "ready");
        await SubmitAsync(executor, spot);
        await SubmitAsync(executor, both);

        var load = executor.Load();
        Assert.Equal(2, load.Places[ExecutorLoad.Gpus]);
        Assert.Equal(
            [(first.Name, 2, 0), (both.Name, 0, 2), (spot.Name, 0, 1)],
            load.Executions.Select(one => (one.Name, one.Holds.GetValueOrDefault(ExecutorLoad.Gpus), one.WaitsFor.GetValueOrDefault(ExecutorLoad.Gpus))));

        await executor.StopAsync(first.Name, TimeSpan.Zero, CancellationToken.None);
        await LineAsync(executor, both.Name, "both");
        await executor.StopAsync(both.Name, TimeSpan.Zero, CancellationToken.None);
        Assert.Equal(["spot"], Texts(await EndOfAsync(executor, spot.Name)));
    }

    private LocalExecutor OpenWithGpus(params string[] devices)
    {
        var options = Options() with
        {
            Profiles = [new InstanceProfile { Pattern = "ml.one", Gpus = 1 }, new InstanceProfile { Pattern = "ml.two", Gpus = 2 }],
        };
        var executor = new LocalExecutor(options, TimeProvider.System, NullLogger<LocalExecutor>.Instance, new GpuPool(devices));
        _opened.Add(executor);
        return executor;
    }

    /// <summary>What the program's user says of GPUs changes nothing.</summary>
    private ExecutionSpec GpuSpec(string script, string instanceType) => Spec(script, change: definition => definition with
    {
        InstanceType = instanceType,
        Environment = new Dictionary<string, string> { ["CUDA_VISIBLE_DEVICES"] = "0,1,2,3", ["SM_NUM_GPUS"] = "4" },
    });
}
