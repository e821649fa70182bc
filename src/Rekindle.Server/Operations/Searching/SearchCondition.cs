using System.Globalization;
using System.Text.Json;
using Rekindle.Api;
using Rekindle.Api.Shapes;

namespace Rekindle.Server.Operations.Searching;

/// <summary>
/// What a search expression asks of a record. The rules are AWS's: no order among texts, Contains and In on text alone, one Contains in an
/// expression, at most 50 conditions in all.
/// </summary>
internal abstract class SearchCondition
{
    private const int MostConditions = 50;

    /// <summary>The properties it looks at.</summary>
    public abstract IEnumerable<SearchedProperty> Properties { get; }

    public abstract bool Holds(JsonElement record);

    /// <exception cref="ApiException">The expression breaks a rule.</exception>
    public static SearchCondition Of(SearchExpression expression, Type record)
    {
        var filters = Filters(expression).ToList();
        if (filters.Count > MostConditions)
        {
            throw Refused($"The search expression has {filters.Count} conditions. It can have at most {MostConditions}.");
        }

        if (filters.Count(filter => filter.Operator == "Contains") > 1)
        {
            throw Refused("The search expression has more than one filter with the operator Contains. It can have one.");
        }

        return All(expression, record);
    }

    private static IEnumerable<Filter> Filters(SearchExpression expression) =>
    [
        .. expression.Filters ?? [],
        .. (expression.NestedFilters ?? []).SelectMany(nested => nested.Filters!),
        .. (expression.SubExpressions ?? []).SelectMany(Filters),
    ];

    private static Combined All(SearchExpression expression, Type record) => new(
        [
            .. (expression.Filters ?? []).Select(filter => new Single(filter, SearchedProperty.Of(record, filter.Name!))),
            .. (expression.NestedFilters ?? []).Select(nested => new OfOneMember(nested, record)),
            .. (expression.SubExpressions ?? []).Select(inner => All(inner, record)),
        ],
        expression.Operator == "Or");

    private static ApiException Refused(string message) => new(ErrorCode.ValidationException, message);

    private sealed class Combined(IReadOnlyList<SearchCondition> parts, bool any) : SearchCondition
    {
        public override IEnumerable<SearchedProperty> Properties => parts.SelectMany(part => part.Properties);

        public override bool Holds(JsonElement record) =>
            parts.Count == 0 || (any ? parts.Any(part => part.Holds(record)) : parts.All(part => part.Holds(record)));
    }

    private sealed class OfOneMember : SearchCondition
    {
        private readonly SearchedProperty _list;
        private readonly IReadOnlyList<Single> _filters;

        public OfOneMember(NestedFilters nested, Type record)
        {
            _list = SearchedProperty.Of(record, nested.NestedPropertyName!);
            if (!_list.IsOfList)
            {
                throw Refused($"NestedPropertyName {nested.NestedPropertyName} is not a list of structures.");
            }

            _filters = [.. nested.Filters!.Select(filter => new Single(filter, SearchedProperty.Of(record, filter.Name!).Within(_list)))];
        }

        public override IEnumerable<SearchedProperty> Properties => [_list];

        public override bool Holds(JsonElement record) => _list.ValuesIn(record)
            .Where(list => list.ValueKind == JsonValueKind.Array)
            .SelectMany(list => list.EnumerateArray())
            .Any(member => _filters.All(filter => filter.Holds(member)));
    }

    private sealed class Single : SearchCondition
    {
        private readonly SearchedProperty _property;
        private readonly string _operator;
        private readonly string _text;
        private readonly string[] _several;
        private readonly double? _number;

        public Single(Filter filter, SearchedProperty property)
        {
            (_property, _operator, _text) = (property, filter.Operator ?? "Equals", filter.Value ?? "");
            _several = _operator == "In" ? _text.Split(',', StringSplitOptions.TrimEntries) : [];
            if (_operator is "Exists" or "NotExists")
            {
                if (filter.Value is not null) throw Refused($"The operator {_operator} on {property.Name} takes no Value.");
                return;
            }

            if (filter.Value is null) throw Refused($"The operator {_operator} on {property.Name} needs a Value.");
            _number = NumberOf(property, _text, _operator);
        }

        public override IEnumerable<SearchedProperty> Properties => [_property];

        public override bool Holds(JsonElement record)
        {
            var values = _property.ValuesIn(record);
            return _operator switch
            {
                "Exists" => values.Any(),
                "NotExists" => !values.Any(),
                "NotEquals" => values.All(value => !IsEqual(value)),
                "In" => values.Any(value => _several.Contains(Text(value), StringComparer.Ordinal)),
                "Contains" => values.Any(value => Text(value).Contains(_text, StringComparison.OrdinalIgnoreCase)),
                "Equals" => values.Any(IsEqual),
                _ => values.Any(value => Compare(value) is { } order && _operator switch
                {
                    "GreaterThan" => order > 0,
                    "GreaterThanOrEqualTo" => order >= 0,
                    "LessThan" => order < 0,
                    _ => order <= 0,
                }),
            };
        }

        private static double? NumberOf(SearchedProperty property, string text, string comparison)
        {
            var isOrder = comparison is not ("Equals" or "NotEquals" or "Contains" or "In");
            var parsed = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
                ? number
                : (double?)null;
            switch (property.Kind)
            {
                case PropertyKind.Part:
                    throw Refused($"The property {property.Name} is no single value: only Exists and NotExists apply to it.");
                case PropertyKind.Text when isOrder:
                    throw Refused($"The operator {comparison} is not supported for the text property {property.Name}.");
                case not (PropertyKind.Text or PropertyKind.TextOrNumber) when comparison is "Contains" or "In":
                    throw Refused($"The operator {comparison} is supported for text properties only, and {property.Name} is none.");
                case PropertyKind.TextOrNumber when isOrder && parsed is null:
                    throw Refused($"The operator {comparison} on {property.Name} needs a number, and the Value is '{text}'.");
                case PropertyKind.Time:
                    return TimeOf(text) ?? throw Refused($"The property {property.Name} is a time such as 2026-01-31T12:00:00, and the Value is '{text}'.");
                case PropertyKind.Number when parsed is null:
                    throw Refused($"The property {property.Name} is a number, and the Value is '{text}'.");
                case PropertyKind.Flag when isOrder:
                    throw Refused($"The operator {comparison} is not supported for the property {property.Name}, which is true or false.");
                case PropertyKind.Flag when !bool.TryParse(text, out _):
                    throw Refused($"The property {property.Name} is true or false, and the Value is '{text}'.");
                default:
                    return parsed;
            }
        }

        private static double? TimeOf(string text) => DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time.ToUnixTimeMilliseconds() / 1000.0
            : null;

        private bool IsEqual(JsonElement value) => _property.Kind switch
        {
            PropertyKind.Text => Text(value) == _text,
            PropertyKind.Flag => value.ValueKind is JsonValueKind.True or JsonValueKind.False && value.GetBoolean() == bool.Parse(_text),
            PropertyKind.TextOrNumber => Text(value) == _text || Compare(value) == 0,
            _ => Compare(value) == 0,
        };

        private int? Compare(JsonElement value)
        {
            double theirs;
            if (value.ValueKind == JsonValueKind.Number) theirs = value.GetDouble();
            else if (!double.TryParse(Text(value), NumberStyles.Float, CultureInfo.InvariantCulture, out theirs)) return null;
            return _number is { } number && !double.IsNaN(theirs) ? theirs.CompareTo(number) : null;
        }

        private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
    }
}
