using System.CommandLine;
using System.Text.Json.Nodes;
using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Cli.Continuing;
using Spectre.Console;

namespace Rekindle.Cli.Commands;

/// <summary><c>rekindle continue</c></summary>
internal static class ContinueCommand
{
    public static Command Create(Shell shell)
    {
        var job = JobArgument.TuningJob();
        var flags = new ContinueFlags();
        var command = new TaughtCommand(
            "continue",
            "Create a warm-start child that goes on where a tuning job ended, with everything carried over: definition, tags, limits, criteria",
            "rekindle continue my-tuning-job --more 20",
            "rekindle continue my-tuning-job --more 20 --range lr=1e-6..1e-2:log --set epochs=20",
            "rekindle continue my-tuning-job --more 20 --type transfer --dry-run") { job };
        flags.AddTo(command);
        var options = EndpointOptions.AddTo(command, shell);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var connection = options.Connect(result);
            var (request, notes) = await RequestAsync(
                connection, result.GetRequiredValue(job), flags.Name(result), flags.Settings(result), cancellationToken);
            foreach (var note in notes)
            {
                await shell.Error.WriteLineAsync($"note: {note}");
            }

            return flags.IsDryRun(result)
                ? await PlanAsync(shell, connection, request, options.IsJson(result), cancellationToken)
                : await CreateAsync(shell, connection, request, options, result, cancellationToken);
        });
        return command;
    }

    private static async Task<(CreateHyperParameterTuningJobRequest Request, IReadOnlyList<string> Notes)> RequestAsync(
        Connection connection, string job, string? name, ContinueSettings settings, CancellationToken cancellationToken)
    {
        var parent = await connection.DescribeTuningJobAsync(job, cancellationToken);
        var tags = await connection.ListTagsAsync(parent.HyperParameterTuningJobArn!, cancellationToken);
        name ??= await FreeNameAsync(connection, parent.HyperParameterTuningJobName!, cancellationToken);
        try
        {
            var request = ContinueRequest.Of(parent, tags, name, settings);
            return (request, ContinueRequest.Notes(parent, request));
        }
        catch (FormatException problem)
        {
            throw new CommandException("Usage", problem.Message, ExitCodes.Usage, problem);
        }
    }

    private static async Task<string> FreeNameAsync(Connection connection, string job, CancellationToken cancellationToken)
    {
        foreach (var name in ContinuedName.After(job))
        {
            if (!await connection.HasTuningJobAsync(name, cancellationToken))
            {
                return name;
            }
        }

        throw new CommandException("NoFreeName", $"Every name after {job} is taken; give one with --name.");
    }

    private static async Task<int> PlanAsync(
        Shell shell, Connection connection, CreateHyperParameterTuningJobRequest request, bool asJson, CancellationToken cancellationToken)
    {
        var preview = await connection.PreviewWarmStartAsync(request, cancellationToken);
        if (asJson)
        {
            var both = new JsonObject { ["Request"] = JsonNode.Parse(ApiJson.Serialize(request)), ["Plan"] = JsonNode.Parse(ApiJson.Serialize(preview)) };
            await shell.Out.WriteLineAsync(both.ToJsonString(ApiJson.Options));
        }
        else
        {
            await shell.Out.WriteLineAsync(ApiJson.SerializeIndented(request));
            await shell.Out.WriteLineAsync();
            foreach (var part in PlanReport.Render(request, preview, shell.Console.Profile.Width))
            {
                shell.Console.Write(part);
            }
        }

        return preview.Accepted == true ? ExitCodes.Success : ExitCodes.Failure;
    }

    private static async Task<int> CreateAsync(
        Shell shell,
        Connection connection,
        CreateHyperParameterTuningJobRequest request,
        EndpointOptions options,
        ParseResult result,
        CancellationToken cancellationToken)
    {
        var answer = await connection.CreateTuningJobAsync(request, cancellationToken);
        if (options.IsJson(result))
        {
            await options.PrintJsonAsync(answer);
            return ExitCodes.Success;
        }

        var name = request.HyperParameterTuningJobName!;
        foreach (var warning in await connection.WarmStartWarningsAsync(name, request.WarmStartConfig, cancellationToken))
        {
            await shell.Error.WriteLineAsync($"warning: {warning}");
        }

        var parent = request.WarmStartConfig!.ParentHyperParameterTuningJobs![0].HyperParameterTuningJobName;
        shell.Console.WriteLine($"{name} continues {parent}. See: rekindle watch {name}");
        return ExitCodes.Success;
    }
}
