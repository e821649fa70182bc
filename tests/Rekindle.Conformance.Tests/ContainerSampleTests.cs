using System.Formats.Tar;
using System.Net.Http.Headers;
using Rekindle.Conformance.Tests.Clients;

namespace Rekindle.Conformance.Tests;

/// <summary>The sample of a training image, as its README says; only what it is built on comes from this machine instead of a registry.</summary>
public sealed class ContainerSampleTests
{
    // Debian's Python with its library, and what both are linked to: enough for programs of Python's standard library.
    private const string PackPython = """
        python=$(readlink -f /usr/bin/python3)
        library=/usr/lib/${python##*/}
        { echo "$python"; echo /usr/bin/python3; echo /usr/bin/env; ldd "$python" /usr/bin/env "$library"/lib-dynload/*.so | grep -o '/[^ )]*' | grep -v ':$'; } | sort -u > "$1/files"
        tar --create --file "$1/base.tar" --dereference --exclude "$library/test" --exclude "$library/config-*" --exclude __pycache__ --files-from "$1/files" "$library" 2> "$1/tar.log" || { cat "$1/tar.log"; exit 1; }
        """;

    [Fact(Timeout = 240_000)]
    public async Task The_samples_image_is_built_and_tuned_in_containers()
    {
        var engine = Environment.GetEnvironmentVariable("REKINDLE_TEST_DOCKER");
        Assert.True(engine is not null, "REKINDLE_TEST_DOCKER is not set: run this test by ./test, or by eng/with-engines COMMAND.");
        using var workspace = new Workspace();
        var sample = Path.Combine(ServerProcess.Root, "samples", "container");
        using var docker = EngineApi.Client(engine!);
        var tag = Path.GetFileName(workspace.Path);
        try
        {
            await BuildAsync(docker, workspace, sample, tag);
            await using var server = await ServerProcess.StartAsync(
                workspace.Data, Path.Combine(sample, "config.json"), environment: new Dictionary<string, string> { ["DOCKER_HOST"] = engine! });

            var (code, output) = await ClientProgram.RunAsync(
                ClientProgram.Python, [Path.Combine(sample, "tune.py"), $"my-training:{tag}"], [("AWS_ENDPOINT_URL", server.Url), ("TRAINING_JOBS", "2")]);

            Assert.True(code == 0, output);
            Assert.Matches("boxed-parent-[0-9]+ Completed best 0[.][0-9]+", output);
            Assert.Matches("boxed-child-[0-9]+ Completed best 0[.][0-9]+", output);
            Assert.Matches("overall best boxed-(parent|child)-[0-9]+-00[12]-[0-9a-f]+ weights \\[(-?[0-9.]+(, )?){5}\\]", output);
            server.AssertSound();
        }
        finally
        {
            await docker.DeleteAsync(new Uri($"images/my-training:{tag}", UriKind.Relative), CancellationToken.None);
            await docker.DeleteAsync(new Uri($"images/python-of-this-machine:{tag}", UriKind.Relative), CancellationToken.None);
        }
    }

    private static async Task BuildAsync(HttpClient docker, Workspace workspace, string sample, string tag)
    {
        var (code, output) = await ClientProgram.RunAsync("sh", ["-c", PackPython, "sh", workspace.Path]);
        Assert.True(code == 0, output);
        await SendAsync(
            docker,
            $"images/create?fromSrc=-&repo=python-of-this-machine&tag={tag}&changes={Uri.EscapeDataString("ENV PATH=/usr/local/bin:/usr/bin:/bin")}",
            File.OpenRead(Path.Combine(workspace.Path, "base.tar")));

        var context = new MemoryStream();
        await TarFile.CreateFromDirectoryAsync(sample, context, includeBaseDirectory: false, TestContext.Current.CancellationToken);
        context.Position = 0;
        var arguments = Uri.EscapeDataString($$"""{"BASE":"python-of-this-machine:{{tag}}"}""");
        Assert.Contains("Successfully built", await SendAsync(docker, $"build?t=my-training:{tag}&buildargs={arguments}", context), StringComparison.Ordinal);
    }

    private static async Task<string> SendAsync(HttpClient docker, string address, Stream tar)
    {
        using var content = new StreamContent(tar);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-tar");
        using var answer = await docker.PostAsync(new Uri(address, UriKind.Relative), content, TestContext.Current.CancellationToken);
        var said = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode && !said.Contains("\"error\"", StringComparison.Ordinal), said);
        return said;
    }
}
