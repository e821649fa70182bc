using System.Text.Json.Nodes;

namespace Rekindle.Server.Tests.Protocol;

public sealed class DeletionTests
{
    [Fact]
    public async Task Of_many_deletions_at_once_one_deletes_and_a_new_bearer_of_the_name_is_left_alone()
    {
        await using var server = await TestServer.StartAsync();
        var program = server.Program("cd $M/model; i=0; while [ $i -lt 2000 ]; do : > f$i; i=$((i+1)); done");
        _ = await server.AnswerAsync("CreateTrainingJob", TestServer.TrainingJob("job", program));
        _ = await server.UntilEndedAsync("job");

        var deletions = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => server.CallAsync("DeleteTrainingJob", new JsonObject { ["TrainingJobName"] = "job" })));

        Assert.Single(deletions, deletion => deletion.Status == 200);
        Assert.All(deletions.Where(deletion => deletion.Status != 200), deletion => Assert.Equal("ResourceNotFound", (string)deletion.Answer["__type"]!));
        _ = await server.AnswerAsync("CreateTrainingJob", TestServer.TrainingJob("job", server.Program("echo new")));
        Assert.Equal("Completed", (string)(await server.UntilEndedAsync("job"))["TrainingJobStatus"]!);
    }

    [Fact]
    public async Task What_an_ended_training_job_worked_on_is_removed_and_its_log_is_kept()
    {
        await using var server = await TestServer.StartAsync();
        _ = await server.AnswerAsync("CreateTrainingJob", TestServer.TrainingJob("job", server.Program("echo said; echo weights > $M/model/w")));
        _ = await server.UntilEndedAsync("job");
        var folder = Path.GetFullPath(Path.Combine(server.Bucket, "..", "..", "executions", "job"));
        while (Directory.Exists(Path.Combine(folder, "opt-ml")))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        Assert.True(File.Exists(Path.Combine(server.Bucket, "out", "job", "output", "model.tar.gz")));
        Assert.Equal("said\n", await File.ReadAllTextAsync(Path.Combine(folder, "log"), TestContext.Current.CancellationToken));
    }
}
