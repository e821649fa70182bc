using System.CommandLine;
using Rekindle.Cli.Lineage;

namespace Rekindle.Cli.Commands;

/// <summary><c>rekindle lineage</c></summary>
internal static class LineageCommand
{
    public static Command Create(Shell shell)
    {
        var job = JobArgument.TuningJob();
        var format = new Option<string>("--format")
        {
            HelpName = "tree|mermaid|dot",
            Description = "A tree for the terminal, or the source of a drawing",
            DefaultValueFactory = _ => "tree",
        };
        format.DemandOneOf("tree", "mermaid", "dot");
        var command = new TaughtCommand(
            "lineage",
            "Show the tuning jobs that one learned from, and those that learned from it, over all steps; deleted ones too",
            "rekindle lineage my-tuning-job",
            "rekindle lineage my-tuning-job --format mermaid >> README.md",
            "rekindle lineage my-tuning-job --format dot | dot -Tsvg > family.svg") { job, format };
        var options = EndpointOptions.AddTo(command, shell);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var connection = options.Connect(result);
            var lineage = await connection.DescribeLineageAsync(result.GetRequiredValue(job), cancellationToken);
            if (options.IsJson(result))
            {
                await options.PrintJsonAsync(lineage);
            }
            else if (result.GetValue(format)?.ToLowerInvariant() is "tree" or null)
            {
                foreach (var tree in FamilyTree.Render(lineage))
                {
                    shell.Console.Write(tree);
                }
            }
            else
            {
                var text = "dot".Equals(result.GetValue(format), StringComparison.OrdinalIgnoreCase) ? FamilyGraph.Dot(lineage) : FamilyGraph.Mermaid(lineage);
                await shell.Out.WriteAsync(text.AsMemory(), cancellationToken);
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
