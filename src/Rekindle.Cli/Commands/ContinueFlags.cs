using System.CommandLine;
using Rekindle.Cli.Continuing;

namespace Rekindle.Cli.Commands;

/// <summary>What can be said about a continuation.</summary>
internal sealed class ContinueFlags
{
    private const int DeepestRecursion = 10;

    private static readonly string[] Strategies = ["Bayesian", "Random", "Hyperband", "Grid"];

    private readonly Option<int> _more = new("--more") { HelpName = "N", Description = "How many training jobs more", Required = true };
    private readonly Option<string[]> _range = new("--range")
    {
        HelpName = "NAME=MIN..MAX[:log][:int]",
        Description = "Another range of a hyperparameter, or of a static one, which is tuned then; NAME=A,B for categories, where a comma in "
            + "quotes or brackets divides nothing; may be repeated",
    };

    private readonly Option<string[]> _set = new("--set")
    {
        HelpName = "NAME=VALUE",
        Description = "Another value of a static hyperparameter, or of a tuned one, which is static then; may be repeated",
    };

    private readonly Option<string?> _name = new("--name") { HelpName = "NEW", Description = "The new tuning job's name [default: JOB-c2, JOB-c3, ...]" };
    private readonly Option<string> _type = new("--type")
    {
        HelpName = "identical|transfer",
        Description = "Whether data and algorithm are the same",
        DefaultValueFactory = _ => "identical",
    };

    private readonly Option<int?> _parallel = new("--parallel") { HelpName = "N", Description = "How many at a time [default: as before]" };
    private readonly Option<int?> _seed = new("--seed") { HelpName = "N", Description = "Seed of the search [default: as before]" };
    private readonly Option<string?> _strategy = new("--strategy")
    {
        HelpName = "STRATEGY",
        Description = "Bayesian or Random, or another one that the server takes for warm starts [default: as before, else Bayesian]",
    };

    private readonly Option<int?> _recursive = new("--recursive")
    {
        HelpName = "N",
        Description = "Let ancestors over N more steps join, 0 to 10, by the tag rekindle:recursive-depth [default: as before, else 0]",
    };

    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Print the request and what would become of it, and create nothing" };

    public ContinueFlags()
    {
        _type.DemandOneOf("identical", "transfer");
        _more.DemandWhole(1);
        _parallel.DemandWhole(1);
        _seed.DemandWhole(0);
        _recursive.DemandWhole(0, DeepestRecursion);
        _strategy.DemandOneOf(Strategies);
    }

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_more, _range, _set, _name, _type, _parallel, _seed, _strategy, _recursive, _dryRun])
        {
            command.Options.Add(option);
        }
    }

    public string? Name(ParseResult result) => result.GetValue(_name);

    public bool IsDryRun(ParseResult result) => result.GetValue(_dryRun);

    public ContinueSettings Settings(ParseResult result) => new()
    {
        More = result.GetValue(_more),
        Ranges = result.GetValue(_range) ?? [],
        Statics = result.GetValue(_set) ?? [],
        WarmStartType = "transfer".Equals(result.GetValue(_type), StringComparison.OrdinalIgnoreCase) ? "TransferLearning" : "IdenticalDataAndAlgorithm",
        Parallel = result.GetValue(_parallel),
        Seed = result.GetValue(_seed),
        Strategy = Strategies.FirstOrDefault(strategy => strategy.Equals(result.GetValue(_strategy), StringComparison.OrdinalIgnoreCase)),
        Recursive = result.GetValue(_recursive),
    };
}
