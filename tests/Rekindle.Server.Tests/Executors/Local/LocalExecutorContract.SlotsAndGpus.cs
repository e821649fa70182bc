using Microsoft.Extensions.Logging.Abstractions;
using Rekindle.Server.Executors;
using Rekindle.Server.Executors.Local;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.Executors.Local;

/// <summary>Those that need a slot and a GPU, of which only one is free.</summary>
public abstract partial class LocalExecutorContract
{
    [Fact]
    public async Task A_gpu_is_given_back_where_no_slot_is_left_and_the_next_slot_is_kept_for_who_gave_it_back()
    {
        var gpus = new GpuPool(["0"]);
        gpus.Ask("elsewhere", 1, []);
        var executor = OpenOneSlot(gpus);
        var waiting = GpuSpec("true", "ml.one");
        var first = GpuSpec("echo first; until [ -e $M/model/end ]; do sleep 0.02; done", "ml.none");
        var last = GpuSpec("true", "ml.none");
        await SubmitAsync(executor, waiting);
        Assert.Equal("Waiting for a free GPU", (await executor.ObserveAsync(waiting.Name, 0, CancellationToken.None)).Condition);
        await SubmitAsync(executor, first);
        await LineAsync(executor, first.Name, "first");
        await SubmitAsync(executor, last);

        gpus.Leave("elsewhere");
        await gpus.Ask("another", 1, []).Granted.WaitAsync(Deadline, TimeProvider.System, CancellationToken.None);
        await EndByFileAsync(executor, first);
        gpus.Leave("another");
        var ended = await EndOfAsync(executor, waiting.Name);
        Assert.True((await EndOfAsync(executor, last.Name)).StartedAt >= ended.StartedAt);
    }

    [Fact]
    public async Task What_can_not_be_read_of_one_that_waits_is_tried_again()
    {
        var executor = OpenOneSlot(new GpuPool(["0"]));
        var first = GpuSpec("echo first; until [ -e $M/model/end ]; do sleep 0.02; done", "ml.none");
        var next = GpuSpec("echo next", "ml.one");
        await SubmitAsync(executor, first);
        await LineAsync(executor, first.Name, "first");
        await SubmitAsync(executor, next);
        var unreadable = Directory.CreateDirectory(Path.Combine(ExecutionsFolder, next.Name, "gpus"));
        await EndByFileAsync(executor, first);
        Assert.Null((await executor.ObserveAsync(next.Name, 0, CancellationToken.None)).StartedAt);
        unreadable.Delete();
        Assert.Equal(["next"], Texts(await EndOfAsync(executor, next.Name)));
    }

    private async Task EndByFileAsync(LocalExecutor executor, ExecutionSpec spec)
    {
        await File.WriteAllTextAsync(Path.Combine(ExecutionsFolder, spec.Name, "opt-ml", "model", "end"), "");
        await EndOfAsync(executor, spec.Name);
    }

    private LocalExecutor OpenOneSlot(GpuPool gpus)
    {
        var options = Options(slots: 1) with { Profiles = [new InstanceProfile { Pattern = "ml.one", Gpus = 1 }] };
        var executor = new LocalExecutor(options, TimeProvider.System, NullLogger<LocalExecutor>.Instance, gpus);
        _opened.Add(executor);
        return executor;
    }
}
