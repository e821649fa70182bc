using Rekindle.Server.Executors.Docker;

namespace Rekindle.Server.Tests.Executors.Docker;

public sealed class ContainerStateTests
{
    private static readonly ContainerState Ended = new("id", IsNew: false, IsRunning: false, null, null, 137, WasOutOfMemory: false, MemoryLimit: 0);

    [Fact]
    public void A_kill_says_why_as_far_as_it_is_known()
    {
        Assert.Null(Ended.Reason(wasStopped: false));
        Assert.Null((Ended with { MemoryLimit = 1 << 30 }).Reason(wasStopped: true));
        Assert.Contains("may have run out of memory, of which it was given 1024 MiB", (Ended with { MemoryLimit = 1 << 30 }).Reason(wasStopped: false), StringComparison.Ordinal);
        var outOfMemory = Ended with { WasOutOfMemory = true, ExitCode = 1 };
        Assert.Contains("the machine ran out of memory", outOfMemory.Reason(wasStopped: false), StringComparison.Ordinal);
        Assert.Contains("at its memory limit of 1.5 MiB", (outOfMemory with { MemoryLimit = 3 << 19 }).Reason(wasStopped: false), StringComparison.Ordinal);
        // A process of its own was killed, and the program made do without it.
        Assert.Null((outOfMemory with { ExitCode = 0 }).Reason(wasStopped: false));
    }

    [Theory]
    [InlineData("algo", "algo", "latest", ImageReference.DockerHub)]
    [InlineData("me/algo:2", "me/algo", "2", ImageReference.DockerHub)]
    [InlineData("localhost:5000/me/algo", "localhost:5000/me/algo", "latest", "localhost:5000")]
    [InlineData("1.dkr.ecr.eu-west-1.amazonaws.com/algo:1", "1.dkr.ecr.eu-west-1.amazonaws.com/algo", "1", "1.dkr.ecr.eu-west-1.amazonaws.com")]
    [InlineData("algo@sha256:ab", "algo@sha256:ab", null, ImageReference.DockerHub)]
    public void An_image_is_taken_apart(string image, string name, string? tag, string registry) =>
        Assert.Equal(new ImageReference(name, tag, registry), ImageReference.Parse(image));
}
