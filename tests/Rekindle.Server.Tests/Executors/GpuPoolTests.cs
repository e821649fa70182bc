using Rekindle.Server.Executors;

namespace Rekindle.Server.Tests.Executors;

public sealed class GpuPoolTests
{
    [Fact]
    public void One_that_wants_two_is_not_passed_by_those_that_want_one()
    {
        var pool = new GpuPool(["0", "1"]);
        Assert.Equal(["0"], pool.Ask("a", 1, []).Devices);
        var both = pool.Ask("b", 2, []);
        var one = pool.Ask("c", 1, []);
        Assert.Null(one.Devices);
        pool.Leave("a");
        Assert.Equal(["0", "1"], both.Devices);
        Assert.Null(one.Devices);
        pool.Leave("b");
        Assert.Equal(["0"], one.Devices);
    }

    [Fact]
    public void Managed_spot_training_comes_after_all_others_that_wait()
    {
        var pool = new GpuPool(["0"]);
        pool.Ask("a", 1, []);
        var spot = pool.Ask("b", 1, [], isSpot: true);
        var other = pool.Ask("c", 1, []);
        Assert.Equal((1, 0, 0), (pool.CountOf("a"), pool.CountOf("b"), pool.CountOf("c")));
        pool.Leave("a");
        Assert.Equal((null, 1), (spot.Devices, other.Devices?.Count));
        pool.Leave("c");
        Assert.Equal(1, pool.CountOf("b"));
    }

    [Fact]
    public async Task What_leaves_the_line_lets_the_next_have_its_turn()
    {
        var pool = new GpuPool(["0", "1"]);
        pool.Ask("a", 1, []);
        var both = pool.Ask("b", 2, []);
        var one = pool.Ask("c", 1, []);
        pool.Leave("b");
        Assert.Equal(["1"], await one.Granted);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => both.Granted);
    }

    [Fact]
    public void What_runs_already_keeps_its_own_also_those_that_are_no_longer_configured()
    {
        var pool = new GpuPool(["0", "1"]);
        pool.Occupy("old", ["1", "7"]);
        pool.Occupy("old", ["1", "7"]);
        Assert.Equal(["0"], pool.Ask("a", 1, ["1"]).Devices);
        var next = pool.Ask("b", 1, []);
        Assert.Null(next.Devices);
        pool.Leave("old");
        Assert.Equal(["1"], next.Devices);
    }

    [Fact]
    public void One_that_was_never_started_gets_again_what_an_earlier_server_gave_it()
    {
        var pool = new GpuPool(["0", "1", "2"]);
        Assert.Equal(["2"], pool.Ask("a", 1, ["2"]).Devices);
        Assert.Equal(["2"], pool.Ask("a", 1, []).Devices);
    }

    [Fact]
    public void Gpus_are_divided_only_where_somebody_speaks_of_them()
    {
        InstanceProfile[] silent = [new() { Pattern = "ml.p3.*" }];
        InstanceProfile[] wanting = [.. silent, new() { Pattern = "ml.g5.*", Gpus = 1 }];
        Assert.Equal(0, GpuPool.Of(null, silent, () => ["0", "1"]).Count);
        Assert.Equal(2, GpuPool.Of(null, wanting, () => ["0", "1"]).Count);
        Assert.Equal(1, GpuPool.Of(["7"], silent, () => ["0", "1"]).Count);
        Assert.Equal(0, GpuPool.Of([], wanting, () => ["0", "1"]).Count);
    }

    [Fact]
    public void As_long_as_there_are_none_they_are_looked_for_again()
    {
        IReadOnlyList<string> there = [];
        var pool = new GpuPool([], () => there);
        var profile = new InstanceProfile { Pattern = "ml.p3.*", Gpus = 1 };
        Assert.Contains("this machine has 0", pool.Refuse(profile, "ml.p3.2xlarge"), StringComparison.Ordinal);
        there = ["0"];
        Assert.Null(pool.Refuse(profile, "ml.p3.2xlarge"));
        there = ["0", "1"];
        Assert.Equal((1, "0"), (pool.Count, Assert.Single(pool.Ask("a", 1, []).Devices!)));
    }

    [Theory]
    [InlineData(null, "0,1")]
    [InlineData("", "")]
    [InlineData("2, GPU-8,2", "2,GPU-8")]
    [InlineData("1,-1,0", "1")]
    public void The_servers_own_gpus_are_those_of_its_environment_else_those_of_the_driver(string? visible, string expected)
    {
        var folder = Directory.CreateTempSubdirectory("rekindle-gpus-").FullName;
        foreach (var name in (string[])["nvidia3", "nvidia11", "nvidiactl", "nvidia-uvm", "null"]) File.WriteAllText(Path.Combine(folder, name), "");
        Assert.Equal(expected, string.Join(',', GpuPool.FindDevices(visible, folder)));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void No_profile_can_want_more_than_there_are()
    {
        var pool = new GpuPool(["0"]);
        Assert.Null(pool.Refuse(null, "ml.m5.large"));
        Assert.Null(pool.Refuse(new InstanceProfile { Pattern = "ml.p3.*", Gpus = 1 }, "ml.p3.2xlarge"));
        Assert.Equal(
            "A training job on \"ml.p3.2xlarge\" is to have 2 GPUs (the setting Instances:ml.p3.*:Gpus), and this machine has 1 (the setting Gpus).",
            pool.Refuse(new InstanceProfile { Pattern = "ml.p3.*", Gpus = 2 }, "ml.p3.2xlarge"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Whatever_comes_and_goes_none_has_two_owners_and_the_line_keeps_its_order(int seed)
    {
        var random = new Random(seed);
        var pool = new GpuPool(["0", "1", "2", "3"]);
        List<GpuClaim> claims = [];
        for (var step = 0; step < 2_000; step++)
        {
            if (claims.Count < 12 && random.Next(2) == 0)
            {
                claims.Add(pool.Ask($"job-{step}", random.Next(1, 5), []));
            }
            else if (claims.Count > 0)
            {
                var gone = claims[random.Next(claims.Count)];
                claims.Remove(gone);
                pool.Leave(gone.Owner);
            }

            var waiting = claims.SkipWhile(claim => claim.Devices is not null).ToList();
            var owned = claims.SelectMany(claim => claim.Devices ?? []).ToList();
            Assert.All(waiting, claim => Assert.Null(claim.Devices));
            Assert.Equal(owned.Distinct(), owned);
            Assert.All(claims.Where(claim => claim.Devices is not null), claim => Assert.Equal(claim.Count, claim.Devices!.Count));
            Assert.True(waiting.Count == 0 || waiting[0].Count > 4 - owned.Count, "The first in line waits although enough are free.");
        }
    }
}
