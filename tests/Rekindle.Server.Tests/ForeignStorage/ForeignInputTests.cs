using System.Text.Json.Nodes;

namespace Rekindle.Server.Tests.ForeignStorage;

/// <summary>Channels in buckets on another S3 endpoint.</summary>
public sealed class ForeignInputTests
{
    private const string Lists = "cd $M/input/data/train && find -L . -type f | sort > $M/model/seen";

    [Fact]
    public async Task Training_jobs_of_one_content_read_it_once_and_find_it_as_files()
    {
        await using var servers = await TwoServers.StartAsync();
        servers.Put("train/a.csv", "1");
        servers.Put("train/deep/b c+ü%.csv", "2");
        servers.Put("train/empty", "");
        servers.Put("other", "3");
        string[] names = ["one", "two", "three"];
        foreach (var name in names)
        {
            await servers.CreateAsync(servers.Job(name, $"{Lists}; cat deep/* >> $M/model/seen", "s3://far/train/"));
        }

        foreach (var name in names)
        {
            await servers.UntilCompletedAsync(name);
            Assert.Equal("./a.csv\n./deep/b c+ü%.csv\n./empty\n2", await servers.SeenAsync(name));
        }

        // An empty object has nothing to be read.
        Assert.Equal(2, servers.Door.Reads("/real/train/"));
        Assert.Equal(0, servers.Door.Reads("/real/other"));
    }

    [Fact]
    public async Task A_content_that_has_changed_is_read_anew_and_a_server_that_was_ended_keeps_the_old_one()
    {
        await using var servers = await TwoServers.StartAsync();
        servers.Put("train/a", "first");
        servers.Put("train/b", "same");
        await servers.CreateAsync(servers.Job("one", "cat $M/input/data/train/* > $M/model/seen", "s3://far/train"));
        await servers.UntilCompletedAsync("one");
        await servers.RestartAsync();
        await servers.CreateAsync(servers.Job("two", "cat $M/input/data/train/* > $M/model/seen", "s3://far/train"));
        await servers.UntilCompletedAsync("two");
        Assert.Equal(2, servers.Door.Reads("/real/train/"));
        servers.Put("train/a", "second");
        await servers.CreateAsync(servers.Job("three", "cat $M/input/data/train/* > $M/model/seen", "s3://far/train"));
        await servers.UntilCompletedAsync("three");

        Assert.Equal(["firstsame", "firstsame", "secondsame"], [await servers.SeenAsync("one"), await servers.SeenAsync("two"), await servers.SeenAsync("three")]);
    }

    [Theory]
    [InlineData("File")]
    [InlineData("Pipe")]
    public async Task A_manifest_names_the_objects(string mode)
    {
        await using var servers = await TwoServers.StartAsync();
        servers.Put("train/a", "A");
        servers.Put("train/deep/b", "B");
        servers.Put("train/c", "C");
        servers.Put("lists/m", """[{"prefix": "s3://far/train/"}, "deep/b", "a"]""");
        var job = servers.Job("one", mode == "File" ? Lists : "cat $M/input/data/train_0 > $M/model/seen", "s3://far/lists/m", "ManifestFile");
        job["InputDataConfig"]![0]!["InputMode"] = mode;
        await servers.CreateAsync(job);
        await servers.UntilCompletedAsync("one");
        Assert.Equal(mode == "File" ? "./a\n./deep/b\n" : "BA", await servers.SeenAsync("one"));
    }

    [Theory]
    [InlineData("s3://far/nothing", "S3Prefix", "No S3 objects found under S3 URL \"s3://far/nothing\"")]
    [InlineData("s3://far/nothing", "ManifestFile", "No S3 objects found under S3 URL \"s3://far/nothing\"")]
    [InlineData("s3://far/list", "ManifestFile", "No S3 objects found under S3 URL \"s3://far/train/missing\"")]
    [InlineData("s3://far/away", "ManifestFile", "lies elsewhere, and so must what it names; its prefix is \"s3://near/train/\"")]
    public async Task What_is_not_there_is_told_in_the_words_of_AWS(string uri, string type, string told)
    {
        await using var servers = await TwoServers.StartAsync();
        servers.Put("list", """[{"prefix": "s3://far/train/"}, "missing"]""");
        servers.Put("away", """[{"prefix": "s3://near/train/"}, "a"]""");
        await servers.CreateAsync(servers.Job("one", "true", uri, type));
        var reason = await servers.UntilFailedAsync("one");
        Assert.StartsWith("ClientError: ", reason, StringComparison.Ordinal);
        Assert.Contains(told, reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bucket_that_has_vanished_and_a_key_that_is_not_taken_are_told_with_what_the_endpoint_said()
    {
        await using var servers = await TwoServers.StartAsync();
        servers.Put("train/a", "A");
        Directory.Delete(servers.Bucket, recursive: true);
        await servers.CreateAsync(servers.Job("one", "true", "s3://far/train"));
        var reason = await servers.UntilFailedAsync("one");
        Assert.StartsWith("ClientError: No S3 objects found under S3 URL \"s3://far/train\"", reason, StringComparison.Ordinal);
        Assert.EndsWith($"The endpoint {servers.Door.Url.ToString().TrimEnd('/')} answered for \"train\" in the bucket \"real\": NoSuchBucket: The specified bucket does not exist", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_is_not_taken_is_told_and_the_secret_is_nowhere()
    {
        await using var servers = await TwoServers.StartAsync(bucket => bucket with { SecretAccessKey = "another-secret" });
        servers.Put("train/a", "A");
        await servers.CreateAsync(servers.Job("one", "true", "s3://far/train"));
        Assert.Contains("SignatureDoesNotMatch", await servers.UntilFailedAsync("one"), StringComparison.Ordinal);
        Assert.DoesNotContain("another-secret", (await servers.DescribeAsync("one")).ToJsonString(), StringComparison.Ordinal);
        var files = Directory.EnumerateFiles(servers.Data, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal));
        Assert.DoesNotContain(files, file => File.ReadAllText(file).Contains("another-secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_endpoint_that_is_away_is_waited_for_and_the_training_job_says_so()
    {
        await using var servers = await TwoServers.StartAsync();
        servers.Put("train/a", "A");
        servers.Door.IsShut = true;
        await servers.CreateAsync(servers.Job("one", Lists, "s3://far/train"));
        var waiting = await servers.UntilAsync("one", job => TwoServers.LastStep(job).Message.Contains("can't be reached", StringComparison.Ordinal));
        Assert.Equal("Downloading", (string)waiting["SecondaryStatus"]!);
        Assert.Contains(servers.Door.Url.Authority, TwoServers.LastStep(waiting).Message, StringComparison.Ordinal);

        servers.Door.IsShut = false;
        await servers.UntilCompletedAsync("one");
        Assert.Equal("./a\n", await servers.SeenAsync("one"));
    }

    [Fact]
    public async Task A_stop_ends_a_download_at_once()
    {
        await using var servers = await TwoServers.StartAsync();
        servers.Put("train/a", "A");
        var held = new TaskCompletionSource();
        servers.Door.Before = target => target.Contains("list-type", StringComparison.Ordinal) ? Task.CompletedTask : held.Task;
        await servers.CreateAsync(servers.Job("one", "true", "s3://far/train"));
        var downloading = await servers.UntilAsync("one", job => (string)job["SecondaryStatus"]! == "Downloading");
        Assert.Equal(("Downloading", "Downloading input data"), TwoServers.LastStep(downloading));

        await servers.StopAsync("one");
        Assert.Equal("Stopped", (string)(await servers.UntilEndedAsync("one"))["TrainingJobStatus"]!);
        held.SetResult();
    }

    [Fact]
    public async Task A_download_that_was_cut_short_goes_on_behind_what_is_there_when_the_server_is_back()
    {
        await using var servers = await TwoServers.StartAsync();
        servers.Put("train/a", "A");
        servers.Put("train/b", "B");
        var held = new TaskCompletionSource();
        servers.Door.Before = target => target.EndsWith("/b", StringComparison.Ordinal) ? held.Task : Task.CompletedTask;
        await servers.CreateAsync(servers.Job("one", Lists, "s3://far/train"));
        await servers.UntilAsync("one", _ => Directory.EnumerateFiles(servers.Cache, "a", SearchOption.AllDirectories).Any());
        await servers.RestartAsync(() => Assert.DoesNotContain(Directory.EnumerateDirectories(servers.Cache), folder => Path.GetFileName(folder).Length == 40));
        held.SetResult();

        await servers.UntilCompletedAsync("one");
        Assert.Equal("./a\n./b\n", await servers.SeenAsync("one"));
        Assert.Equal(1, servers.Door.Reads("/real/train/a"));
    }

    [Fact]
    public async Task Objects_that_cannot_lie_beside_each_other_are_refused_by_name()
    {
        await using var servers = await TwoServers.StartAsync();
        servers.Put("train/..b", "fine");
        servers.Put("train/a", "A");
        await servers.CreateAsync(servers.Job("one", Lists, "s3://far/train/"));
        await servers.UntilCompletedAsync("one");
        Assert.Equal("./..b\n./a\n", await servers.SeenAsync("one"));
    }

    [Fact]
    public async Task No_answer_leads_to_another_address()
    {
        await using var servers = await TwoServers.StartAsync();
        await using var other = await EndpointDoor.OpenAsync(servers.Door.Url);
        servers.Put("train/a", "A");
        servers.Door.RedirectsTo = other.Url;
        await servers.CreateAsync(servers.Job("one", "true", "s3://far/train"));
        Assert.Contains($"The endpoint {servers.Door.Url.GetLeftPart(UriPartial.Authority)} answered", await servers.UntilFailedAsync("one"), StringComparison.Ordinal);
        Assert.Empty(other.Asked);
    }

    [Fact]
    public async Task An_address_where_machines_find_credentials_is_not_asked()
    {
        await using var servers = await TwoServers.StartAsync(_ => new ForeignBucket(new Uri("http://169.254.169.254")));
        await servers.CreateAsync(servers.Job("one", "true", "s3://far/latest"));
        Assert.Contains("The endpoint http://169.254.169.254 is not asked", await servers.UntilFailedAsync("one"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_code_of_script_mode_may_lie_elsewhere()
    {
        await using var servers = await TwoServers.StartAsync();
        servers.Put("code/train.sh", "echo \"$SM_MODULE_DIR $1 $2\" > $SM_MODEL_DIR/seen");
        var job = servers.Job("one", "true");
        job["AlgorithmSpecification"]!["TrainingImage"] = "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.1";
        job["HyperParameters"] = new JsonObject { ["sagemaker_program"] = "\"train.sh\"", ["sagemaker_submit_directory"] = "\"s3://far/code\"", ["depth"] = "3" };
        await servers.CreateAsync(job);
        await servers.UntilCompletedAsync("one");
        Assert.Equal("s3://far/code --depth 3\n", await servers.SeenAsync("one"));
    }

    [Theory]
    [InlineData("AugmentedManifestFile", "an augmented manifest can't lie in a bucket elsewhere")]
    public async Task What_is_not_offered_is_refused_when_the_training_job_is_created(string type, string told)
    {
        await using var servers = await TwoServers.StartAsync();
        var job = servers.Job("one", "true", "s3://far/list", type);
        job["InputDataConfig"]![0]!["InputMode"] = "Pipe";
        job["InputDataConfig"]![0]!["DataSource"]!["S3DataSource"]!["AttributeNames"] = new JsonArray("x");
        Assert.Contains(told, await servers.RefusalAsync(job), StringComparison.Ordinal);
    }
}
