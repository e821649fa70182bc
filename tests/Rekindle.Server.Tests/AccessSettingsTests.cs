using System.Text;
using Microsoft.Extensions.Configuration;

namespace Rekindle.Server.Tests;

/// <summary>Keys as they are written in a file or in the environment.</summary>
public sealed class AccessSettingsTests
{
    [Fact]
    public void A_secret_alone_may_do_everything_and_an_object_says_what()
    {
        var keys = Read("""
            {"Access": {"Keys": {"AKIDold": "secret-one", "AKIDci": {"Secret": "secret-two", "Name": "ci@team", "Scope": "run"}, "AKIDboard": {"Secret": "secret-three", "scope": "Read"}}}}
            """).AccessKeys;

        Assert.Equal(new AccessKey("secret-one", "AKIDold", AccessScope.Admin), keys["AKIDold"]);
        Assert.Equal(new AccessKey("secret-two", "ci@team", AccessScope.Run), keys["AKIDci"]);
        Assert.Equal(new AccessKey("secret-three", "AKIDboard", AccessScope.Read), keys["AKIDboard"]);
    }

    [Fact]
    public void A_key_has_a_rate_of_its_own_or_that_of_all()
    {
        var keys = Read("""
            {"Limits": {"RequestsPerSecond": 50}, "Access": {"Keys": {"USUAL": "secret-one", "SLOW": {"Secret": "secret-two", "RequestsPerSecond": 0.5}}}}
            """).AccessKeys;
        Assert.Equal((50, 0.5), (keys["USUAL"].RequestsPerSecond, keys["SLOW"].RequestsPerSecond));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("fast")]
    [InlineData("NaN")]
    public void A_rate_is_a_number_above_zero(string rate)
    {
        var json = """{"Access": {"Keys": {"A": {"Secret": "secret-one", "RequestsPerSecond": "RATE"}}}}""".Replace("RATE", rate, StringComparison.Ordinal);
        Assert.Equal(
            $"The setting Access:Keys:A:RequestsPerSecond is '{rate}'; it must be a number above 0, such as 50 or 0.5.",
            Assert.Throws<FormatException>(() => Read(json)).Message);
    }

    [Fact]
    public void In_the_environment_a_key_keeps_the_case_of_its_id()
    {
        var prefix = $"REKINDLE_TEST_{Guid.NewGuid():N}_";
        var (secret, scope) = ($"{prefix}Access__Keys__AkidMixed__Secret", $"{prefix}ACCESS__KEYS__AkidMixed__SCOPE");
        try
        {
            Environment.SetEnvironmentVariable(secret, "from-the-environment");
            Environment.SetEnvironmentVariable(scope, "run");
            var (id, key) = Assert.Single(new ServerOptions().With(new ConfigurationBuilder().AddEnvironmentVariables(prefix).Build()).AccessKeys);
            Assert.Equal(("AkidMixed", new AccessKey("from-the-environment", "AkidMixed", AccessScope.Run)), (id, key));
        }
        finally
        {
            Environment.SetEnvironmentVariable(secret, null);
            Environment.SetEnvironmentVariable(scope, null);
        }
    }

    [Fact]
    public void A_secret_may_lie_in_a_file()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "secret-in-a-file\n");
            var json = """{"Access": {"Keys": {"A": {"SecretFile": "FILE"}}}}""".Replace("FILE", file, StringComparison.Ordinal);
            var key = Read(json).AccessKeys["A"];
            Assert.Equal(("secret-in-a-file", file), (key.Secret, key.SecretFile));
            File.WriteAllText(file, "\n");
            Assert.Contains("Access:Keys:A", Assert.Throws<FormatException>(() => Read(json)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("""{"A": ""}""", "Access:Keys:A ")]
    [InlineData("""{"A": {"Secret": " "}}""", "Access:Keys:A:Secret ")]
    [InlineData("""{"A": {"Name": "a"}}""", "Access:Keys:A:Secret ")]
    [InlineData("""{"A": {"Secret": "hush-hush", "Scope": "write"}}""", "Access:Keys:A:Scope ")]
    [InlineData("""{"A": {"Secret": "hush-hush", "Scope": "2"}}""", "Access:Keys:A:Scope ")]
    [InlineData("""{"A": {"Secret": "hush-hush", "Scop": "read"}}""", "Access:Keys:A:Scop ")]
    [InlineData("""{"A": {"Secret": "hush-hush", "Name": "a b"}}""", "Access:Keys:A:Name ")]
    [InlineData("""{"A": {"Secret": "hush-hush", "SecretFile": "/etc/hostname"}}""", "Access:Keys:A ")]
    [InlineData("""{"A": {"SecretFile": "/nowhere/at/all"}}""", "Access:Keys:A:SecretFile ")]
    public void What_can_not_be_meant_is_refused_by_the_name_of_the_setting_and_without_the_secret(string keys, string setting)
    {
        var said = Assert.Throws<FormatException>(() => Read("""{"Access": {"Keys": KEYS}}""".Replace("KEYS", keys, StringComparison.Ordinal))).Message;
        Assert.Contains("setting " + setting, said, StringComparison.Ordinal);
        Assert.DoesNotContain("hush-hush", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_short_secret_is_no_key_for_a_server_that_others_can_reach()
    {
        var options = new ServerOptions
        {
            Url = "http://0.0.0.0:0",
            DataFolder = "/nowhere/at/all",
            AccessKeys = new Dictionary<string, AccessKey> { ["A"] = new("fifteen-letters", "a", AccessScope.Read) },
        };
        var said = (await Assert.ThrowsAsync<ServerRefusedException>(() => RekindleServer.StartAsync(options, TestContext.Current.CancellationToken))).Message;
        Assert.Contains("Access:Keys:A", said, StringComparison.Ordinal);
        Assert.DoesNotContain("fifteen-letters", said, StringComparison.Ordinal);
    }

    [Fact]
    public void The_text_of_a_key_has_no_secret() =>
        Assert.Equal("ci (run)", new AccessKey("hush-hush", "ci", AccessScope.Run).ToString());

    private static ServerOptions Read(string json) =>
        new ServerOptions().With(new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build());
}
