using Rekindle.Api.Shapes;
using Rekindle.Cli.Importing;

namespace Rekindle.Cli.Continuing;

/// <summary>
/// The hyperparameters of a tuning job after <c>--range</c> and <c>--set</c>. The names stay: a warm start demands it, so a name that is
/// not there is a mistake.
/// </summary>
internal sealed class EditedHyperParameters
{
    private readonly List<ContinuousParameterRange> _continuous;
    private readonly List<IntegerParameterRange> _integers;
    private readonly List<CategoricalParameterRange> _categoricals;
    private readonly SortedDictionary<string, string> _statics;

    /// <exception cref="FormatException">A setting can't be read, or fits no hyperparameter.</exception>
    public EditedHyperParameters(ParameterRanges? ranges, IReadOnlyDictionary<string, string> statics, ContinueSettings settings)
    {
        _continuous = [.. ranges?.ContinuousParameterRanges ?? []];
        _integers = [.. ranges?.IntegerParameterRanges ?? []];
        _categoricals = [.. ranges?.CategoricalParameterRanges ?? []];
        _statics = new SortedDictionary<string, string>(statics.ToDictionary(), StringComparer.Ordinal);
        var changes = settings.Ranges.Select(text => (Flag: "--range", Change: Split("--range", text)))
            .Concat(settings.Statics.Select(text => (Flag: "--set", Change: Split("--set", text))))
            .ToList();
        if (changes.GroupBy(change => change.Change.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new FormatException($"{twice.Key} is changed more than once.");
        }

        foreach (var (flag, (name, said)) in changes)
        {
            if (flag == "--set")
            {
                Fix(name, said);
            }
            else
            {
                Tune(name, said);
            }
        }
    }

    public ParameterRanges Ranges => new()
    {
        ContinuousParameterRanges = _continuous,
        IntegerParameterRanges = _integers,
        CategoricalParameterRanges = _categoricals,
    };

    public IReadOnlyDictionary<string, string> Statics => _statics;

    private IEnumerable<string> Names => _continuous.Select(range => range.Name!)
        .Concat(_integers.Select(range => range.Name!))
        .Concat(_categoricals.Select(range => range.Name!))
        .Concat(_statics.Keys);

    /// <summary>Names and values may hold equals signs; the longest known name before one is meant.</summary>
    private (string Name, string Said) Split(string flag, string text)
    {
        var name = Names.Where(known => text.StartsWith(known + "=", StringComparison.Ordinal)).MaxBy(known => known.Length);
        if (name is not null)
        {
            return (name, text[(name.Length + 1)..]);
        }

        throw new FormatException(text.IndexOf('=', StringComparison.Ordinal) is > 0 and var at
            ? $"{flag} {text}: there is no hyperparameter {text[..at]}. There are {string.Join(", ", Names.Order(StringComparer.Ordinal))}."
            : $"{flag} {text}: write {(flag == "--set" ? "NAME=VALUE" : "NAME=MIN..MAX, NAME=MIN..MAX:log, or NAME=A,B for categories")}.");
    }

    private void Fix(string name, string value)
    {
        Remove(name);
        _statics[name] = value;
    }

    private void Tune(string name, string said)
    {
        var (continuous, integer) = (_continuous.Find(range => range.Name == name), _integers.Find(range => range.Name == name));
        var fixedAt = _statics.GetValueOrDefault(name);
        var categorical = continuous is null && integer is null && fixedAt is null;
        if (categorical || (fixedAt is not null && !said.Contains("..", StringComparison.Ordinal)))
        {
            Remove(name);
            _categoricals.Add(new CategoricalParameterRange { Name = name, Values = Categories(name, said) });
            return;
        }

        var bounds = Bounds.Parse(said);
        Remove(name);
        if (continuous is not null && bounds.SaysInteger)
        {
            throw new FormatException($"--range {name}={said}: {name} is tuned over all numbers, and a warm start can't change that.");
        }

        // A text such as auto does not tell the kind, so the bounds do.
        var becomesInteger = fixedAt is not null && bounds.AreWhole
            && (bounds.SaysInteger || Bounds.IsWhole(fixedAt) || !Bounds.IsNumber(fixedAt));
        if (integer is not null || becomesInteger)
        {
            if (!bounds.AreWhole)
            {
                throw new FormatException($"--range {name}={said}: {name} is tuned over whole numbers, and a warm start can't change that.");
            }

            _integers.Add(new IntegerParameterRange
            {
                Name = name,
                MinValue = bounds.Min,
                MaxValue = bounds.Max,
                ScalingType = bounds.Scaling ?? integer?.ScalingType ?? "Auto",
            });
            return;
        }

        _continuous.Add(new ContinuousParameterRange
        {
            Name = name,
            MinValue = bounds.Min,
            MaxValue = bounds.Max,
            ScalingType = bounds.Scaling ?? continuous?.ScalingType ?? "Auto",
        });
    }

    private static List<string> Categories(string name, string said)
    {
        var values = CategoryList.Split(said);
        return values.Count > 1 && !said.Contains("..", StringComparison.Ordinal)
            ? values
            : throw new FormatException($"--range {name}={said}: {name} has categories; write them as in {name}=a,b, or fix one with --set {name}=a.");
    }

    private void Remove(string name)
    {
        _continuous.RemoveAll(range => range.Name == name);
        _integers.RemoveAll(range => range.Name == name);
        _categoricals.RemoveAll(range => range.Name == name);
        _statics.Remove(name);
    }
}
