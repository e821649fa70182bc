namespace Rekindle.Cli.Tests.Commands;

public sealed class CreateTests
{
    private const string Created = """{"HyperParameterTuningJobArn":"arn:a"}""";

    [Fact]
    public async Task A_request_from_standard_input_is_sent_and_what_comes_next_is_said()
    {
        using var server = new ScriptedServer { StandardInput = """{"HyperParameterTuningJobName":"digits"}""" }.On("CreateHyperParameterTuningJob", Created);

        var (code, output, errors) = await server.RunAsync("create", "-");

        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("rekindle watch digits", output, StringComparison.Ordinal);
        Assert.Equal("digits", (string?)Assert.Single(server.Asked).Request["HyperParameterTuningJobName"]);
    }

    [Theory]
    [InlineData("{\"WarmStartConf\":{}}", "UnknownMember: standard input: There is no member 'WarmStartConf' (line 1); did you mean WarmStartConfig?")]
    [InlineData("{\n\"Tags\": [,]}", "SerializationException: standard input: The body is not valid JSON at line 2, column 10, near member 'tags.1.member'.")]
    [InlineData("{\"Tags\": 1}", "SerializationException: standard input: The member 'tags' must be a list.")]
    public async Task What_is_wrong_in_a_file_is_said_truly_and_nothing_is_sent(string request, string message)
    {
        using var server = new ScriptedServer { StandardInput = request };

        var (code, _, errors) = await server.RunAsync("create", "-");

        Assert.Equal(1, code);
        Assert.Equal($"error: {message}", errors.TrimEnd());
        Assert.Empty(server.Asked);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_named()
    {
        using var server = new ScriptedServer();

        var (code, _, errors) = await server.RunAsync("create", "/nowhere/request.json");

        Assert.Equal(1, code);
        Assert.StartsWith("error: FileUnreadable: /nowhere/request.json can't be read: ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Violations_get_a_line_each_and_long_lists_of_values_are_cut()
    {
        var values = string.Join(", ", Enumerable.Range(0, 200).Select(number => $"ml.m{number}.large"));
        using var server = new ScriptedServer { StandardInput = "{}" }.On(
            "CreateHyperParameterTuningJob",
            $$"""{"__type":"ValidationException","message":"3 validation errors detected: One is wrong.; Two is not in [{{values}}]; Three."}""");

        var (code, _, errors) = await server.RunAsync("create", "-");

        Assert.Equal(1, code);
        var lines = errors.TrimEnd().Split(Environment.NewLine);
        Assert.Equal("error: ValidationException: 3 validation errors detected:", lines[0]);
        Assert.Equal("  - One is wrong.", lines[1]);
        Assert.Matches(@"^  - Two is not in \[ml\.m0\.large, ml\.m1\.large, .* and 18\d more\]$", lines[2]);
        Assert.Equal("  - Three.", lines[3]);
    }

    [Fact]
    public async Task Violations_that_cannot_be_told_apart_stay_in_one_line()
    {
        const string Message = "2 validation errors detected: Value 'a; b' is wrong.; Two.";
        using var server = new ScriptedServer { StandardInput = "{}" }.On(
            "CreateHyperParameterTuningJob", $$"""{"__type":"ValidationException","message":"{{Message}}"}""");

        Assert.Equal($"error: ValidationException: {Message}", (await server.RunAsync("create", "-")).Errors.TrimEnd());
    }

    [Fact]
    public async Task An_error_comes_as_JSON_too_when_JSON_was_asked_for()
    {
        using var server = new ScriptedServer().On("DescribeHyperParameterTuningJob", Answers.NotFound);

        var (code, output, errors) = await server.RunAsync("describe", "digits", "--json");

        Assert.Equal((1, ""), (code, output));
        var lines = errors.TrimEnd().Split(Environment.NewLine);
        Assert.StartsWith("error: ResourceNotFound: ", lines[0], StringComparison.Ordinal);
        Assert.Equal(
            """{"error":{"code":"ResourceNotFound","message":"Amazon SageMaker can't find a tuning job called digits. Type another name.","exitCode":1}}""",
            Assert.Single(lines[1..]));
    }

    [Fact]
    public async Task The_server_can_be_named_in_the_environment_and_the_option_wins()
    {
        using var server = new ScriptedServer().On("ListHyperParameterTuningJobs", "{}");
        server.Variables["REKINDLE_ENDPOINT"] = "http://localhost:5001";

        Assert.Equal(0, (await server.RunAsync("jobs")).Code);
        Assert.Equal(0, (await server.RunAsync("jobs", "--endpoint", "http://localhost:5002")).Code);
        Assert.Equal(["localhost:5001", "localhost:5002"], server.Hosts.Order(StringComparer.Ordinal));
        server.Variables["REKINDLE_ENDPOINT"] = "nonsense";
        var (code, _, errors) = await server.RunAsync("jobs");
        Assert.Equal(2, code);
        Assert.Contains("REKINDLE_ENDPOINT is 'nonsense'", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_variables_of_other_clients_name_the_server_where_our_own_does_not()
    {
        using var server = new ScriptedServer().On("ListHyperParameterTuningJobs", "{}");
        server.Variables["AWS_ENDPOINT_URL"] = "http://localhost:5001";
        Assert.Equal(0, (await server.RunAsync("jobs")).Code);
        server.Variables["AWS_ENDPOINT_URL_SAGEMAKER"] = "http://localhost:5002";
        Assert.Equal(0, (await server.RunAsync("jobs")).Code);
        server.Variables["REKINDLE_ENDPOINT"] = "http://localhost:5003";
        Assert.Equal(0, (await server.RunAsync("jobs")).Code);
        Assert.Equal(["localhost:5001", "localhost:5002", "localhost:5003"], server.Hosts.Order(StringComparer.Ordinal));
    }
}
