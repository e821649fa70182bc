using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using Rekindle.Api;
using Rekindle.Api.Shapes;
using TrainingJobSearchEntity = Rekindle.Api.Shapes.TrainingJob;

namespace Rekindle.Server.Operations.Searching;

/// <summary>How the values of a property are compared.</summary>
internal enum PropertyKind
{
    Text,
    Number,
    Time,
    Flag,

    /// <summary>Text in the record, but compared as a number where both sides are numbers: hyperparameters.</summary>
    TextOrNumber,

    /// <summary>A structure or a list: it can be there or not.</summary>
    Part,
}

/// <summary>
/// A property of a record by its name, such as <c>ResourceConfig.InstanceType</c>. What follows the name of a map is a key, with whatever
/// dots it has; <c>Tags.KEY</c> and <c>Metrics.NAME</c> are read as if the lists were maps. Names are compared without case, but keys are not.
/// </summary>
internal sealed class SearchedProperty
{
    public const string Metrics = "Metrics";

    private static readonly ConcurrentDictionary<(Type, string), SearchedProperty?> Known = new();

    private readonly string[] _path;
    private readonly string? _key;

    private SearchedProperty(string name, string[] path, string? key, PropertyKind kind, bool isOfList) =>
        (Name, _path, _key, Kind, IsOfList) = (name, path, key, kind, isOfList);

    /// <summary>As it was asked for.</summary>
    public string Name { get; }

    public PropertyKind Kind { get; }

    /// <summary>Whether it is a list of structures, which nested filters look into.</summary>
    public bool IsOfList { get; }

    /// <summary>Whether it is in the part of the record that is read apart.</summary>
    public bool IsTag => _path is [nameof(TrainingJobSearchEntity.Tags)];

    public bool IsMetric => _path is [nameof(TrainingJobSearchEntity.FinalMetricDataList), ..];

    /// <exception cref="ApiException">The record has no such property.</exception>
    public static SearchedProperty Of(Type record, string name) => Find(record, name)
        ?? throw new ApiException(ErrorCode.ValidationException, $"Unknown property name: {name}");

    /// <summary>The values in a record; several where the way leads through lists.</summary>
    public IEnumerable<JsonElement> ValuesIn(JsonElement record)
    {
        IEnumerable<JsonElement> values = [record];
        foreach (var member in _path)
        {
            values = values.SelectMany(value => Items(value)).SelectMany(value =>
                value.ValueKind == JsonValueKind.Object && value.TryGetProperty(member, out var inner) ? [inner] : Array.Empty<JsonElement>());
        }

        return _key is null ? values : values.SelectMany(value => Keyed(value, _key));
    }

    /// <summary>The rest of the property's way, seen from a member of the list that <paramref name="list"/> is.</summary>
    /// <exception cref="ApiException">It is no property of the list's members.</exception>
    public SearchedProperty Within(SearchedProperty list) =>
        _path.Length > list._path.Length && _path.Take(list._path.Length).SequenceEqual(list._path)
            ? new SearchedProperty(Name, _path[list._path.Length..], _key, Kind, IsOfList)
            : throw new ApiException(
                ErrorCode.ValidationException, $"The property {Name} of a nested filter is not within its NestedPropertyName {list.Name}.");

    /// <summary>Every property that can be compared, maps without their keys.</summary>
    public static IEnumerable<string> NamesOf(Type record, string prefix = "", int depth = 0)
    {
        foreach (var member in record.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var name = prefix + member.Name;
            var inner = ItemType(member.PropertyType);
            if (IsStructure(inner))
            {
                if (member.Name is nameof(TrainingJobSearchEntity.Tags) || depth > 5)
                {
                    continue;
                }

                foreach (var nested in NamesOf(inner, name + ".", depth + 1)) yield return nested;
            }
            else if (!IsMap(member.PropertyType))
            {
                yield return name;
            }
        }
    }

    private static SearchedProperty? Find(Type record, string name) => Known.Count > 10_000
        ? Parse(record, name)
        : Known.GetOrAdd((record, name), static key => Parse(key.Item1, key.Item2));

    private static SearchedProperty? Parse(Type record, string name)
    {
        var rest = name;
        var path = new List<string>();
        var type = record;
        while (true)
        {
            var dot = rest.IndexOf('.', StringComparison.Ordinal);
            var head = dot < 0 ? rest : rest[..dot];
            var tail = dot < 0 ? null : rest[(dot + 1)..];
            if (path.Count == 0 && head.Equals(Metrics, StringComparison.OrdinalIgnoreCase) && tail is not null && record == typeof(TrainingJobSearchEntity))
            {
                return new SearchedProperty(name, [nameof(TrainingJobSearchEntity.FinalMetricDataList)], tail, PropertyKind.Number, isOfList: false);
            }

            if (type.GetProperty(head, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase) is not { } member)
            {
                return null;
            }

            path.Add(member.Name);
            if (IsMap(member.PropertyType) || (member.PropertyType == typeof(IReadOnlyList<Tag>) && tail is not null))
            {
                var kind = tail is null ? PropertyKind.Part : member.Name == nameof(TrainingJobSearchEntity.HyperParameters) ? PropertyKind.TextOrNumber : PropertyKind.Text;
                return new SearchedProperty(name, [.. path], tail, kind, isOfList: false);
            }

            var inner = ItemType(member.PropertyType);
            if (tail is null)
            {
                return new SearchedProperty(name, [.. path], null, KindOf(inner), IsStructure(inner) && inner != member.PropertyType);
            }

            if (!IsStructure(inner))
            {
                return null;
            }

            (type, rest) = (inner, tail);
        }
    }

    private static IEnumerable<JsonElement> Items(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            yield return value;
            yield break;
        }

        foreach (var item in value.EnumerateArray()) yield return item;
    }

    private static IEnumerable<JsonElement> Keyed(JsonElement value, string key)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            if (value.TryGetProperty(key, out var found)) yield return found;
            yield break;
        }

        foreach (var item in Items(value))
        {
            // Tags, or the last values of metrics.
            if (item.TryGetProperty("Key", out var tag) && tag.GetString() == key) yield return item.GetProperty("Value");
            if (item.TryGetProperty("MetricName", out var metric) && metric.GetString() == key) yield return item.GetProperty("Value");
        }
    }

    private static bool IsMap(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>);

    private static bool IsStructure(Type type) => type.Namespace == typeof(TrainingJobSearchEntity).Namespace;

    private static Type ItemType(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)
        ? type.GetGenericArguments()[0]
        : Nullable.GetUnderlyingType(type) ?? type;

    private static PropertyKind KindOf(Type type) =>
        IsStructure(type) ? PropertyKind.Part
        : type == typeof(DateTimeOffset) ? PropertyKind.Time
        : type == typeof(bool) ? PropertyKind.Flag
        : type == typeof(string) ? PropertyKind.Text
        : PropertyKind.Number;
}
