using Microsoft.Extensions.Configuration;

namespace Rekindle.Server.Tests;

public sealed class InstanceSettingsTests
{
    [Fact]
    public void Profiles_are_read_with_their_limits()
    {
        var options = With(
            ("Instances:ml.m5.*:Executor", "docker"), ("Instances:ml.m5.*:Slots", "3"), ("Instances:ml.m5.*:Memory", "1.5g"), ("Instances:ml.m5.*:Cpus", "0.5"),
            ("Instances:ml.m5.*:SharedMemory", "64 MiB"), ("Instances:ml.c5.large:Executor", "Local"), ("Instances:ml.c5.large:Slots", "1"), ("Docker:Endpoint", "unix:///run/podman/podman.sock"), ("Docker:User", "server"));
        Assert.Equal(
            new InstanceProfile { Pattern = "ml.m5.*", Executor = "docker", Slots = 3, Memory = 3L << 29, Cpus = 0.5m, SharedMemory = 64 << 20 },
            InstanceProfile.Find(options.Instances, "ml.m5.large"));
        Assert.Equal(new InstanceProfile { Pattern = "ml.c5.large", Slots = 1 }, InstanceProfile.Find(options.Instances, "ml.c5.large"));
        Assert.Null(InstanceProfile.Find(options.Instances, "ml.p3.2xlarge"));
        Assert.Equal(("unix:///run/podman/podman.sock", "server"), (options.DockerEndpoint, options.DockerUser));
    }

    [Fact]
    public void Gpus_are_named_by_the_server_and_counted_by_profiles()
    {
        Assert.Null(With().Gpus);
        Assert.Equal([], With(("Gpus", "")).Gpus);
        Assert.Equal(["0", "GPU-1"], With(("Gpus:0", "0"), ("Gpus:1", "GPU-1")).Gpus);
        var options = With(("Gpus", "0, 1"), ("Instances:ml.p3.*:Gpus", "2"));
        Assert.Equal(["0", "1"], options.Gpus);
        Assert.Equal(new InstanceProfile { Pattern = "ml.p3.*", Gpus = 2 }, Assert.Single(options.Instances));
        Assert.Contains("'0' twice", Assert.Throws<FormatException>(() => With(("Gpus", "0,0"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_own_name_wins_then_the_longest_pattern()
    {
        IReadOnlyList<InstanceProfile> profiles = [new() { Pattern = "*" }, new() { Pattern = "ml.m5.*" }, new() { Pattern = "ml.m5.large" }, new() { Pattern = "ml.*" }];
        Assert.Equal("ml.m5.large", InstanceProfile.Find(profiles, "ml.m5.large")!.Pattern);
        Assert.Equal("ml.m5.*", InstanceProfile.Find(profiles, "ml.m5.xlarge")!.Pattern);
        Assert.Equal("ml.*", InstanceProfile.Find(profiles, "ml.c5.large")!.Pattern);
        Assert.Equal("*", InstanceProfile.Find(profiles, "local")!.Pattern);
    }

    [Theory]
    [InlineData("Instances:ml.m5.large:Executor", "slurm", "local or docker")]
    [InlineData("Instances:ml.m5.large:Exector", "docker", "is not known")]
    [InlineData("Instances:ml.m5.large", "docker", "must be an object")]
    [InlineData("Instances", "docker", "must be an object")]
    [InlineData("Instances:ml.m5.large:Memory", "2g", "needs containers")]
    [InlineData("Docker:Socket", "x", "is not known")]
    public void What_nobody_reads_is_refused_by_name(string key, string value, string sentence) =>
        Assert.Contains(sentence, Assert.Throws<FormatException>(() => With((key, value))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("Memory", "much")]
    [InlineData("Memory", "-1g")]
    [InlineData("Memory", "0")]
    [InlineData("Memory", "99999999999t")]
    [InlineData("SharedMemory", "1,5g")]
    [InlineData("Cpus", "0")]
    [InlineData("Cpus", "two")]
    [InlineData("Slots", "0")]
    [InlineData("Gpus", "-1")]
    [InlineData("Gpus", "all")]
    public void A_limit_that_is_none_is_refused(string setting, string value)
    {
        var key = $"Instances:ml.m5.large:{setting}";
        Assert.Contains(key, Assert.Throws<FormatException>(() => With(("Instances:ml.m5.large:Executor", "docker"), (key, value))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_no_engine_can_have_keeps_the_server_from_starting()
    {
        var folder = Directory.CreateTempSubdirectory("rekindle-endpoint-");
        try
        {
            var options = With(("Instances:ml.*:Executor", "docker"), ("Docker:Endpoint", "ssh://elsewhere")) with { DataFolder = folder.FullName, Url = "http://127.0.0.1:0" };
            var refused = await Assert.ThrowsAsync<ServerRefusedException>(() => RekindleServer.StartAsync(options, CancellationToken.None));
            Assert.Contains("ssh://elsewhere", refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static ServerOptions With(params (string Key, string Value)[] settings) => new ServerOptions().With(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build());
}
