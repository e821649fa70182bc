using System.Globalization;
using System.Text.Json;

namespace Rekindle.Server.Operations.Searching;

/// <summary>Where a record stands among the results: by one property, then by name, then by row: imported jobs may share names. Records without the property come last either way.</summary>
internal readonly record struct SearchOrder(double? Number, string? Text, string Name, long Id)
{
    // Longer texts are told apart by name; they are to fit into a token.
    private const int MostText = 256;

    public static SearchOrder Of(SearchedProperty property, JsonElement record, string name, long id)
    {
        foreach (var value in property.ValuesIn(record))
        {
            var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
            return property.Kind is PropertyKind.Text or PropertyKind.Flag or PropertyKind.Part
                || !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                || !double.IsFinite(number)
                ? new SearchOrder(null, text.Length > MostText ? text[..MostText] : text, name, id)
                : new SearchOrder(number, null, name, id);
        }

        return new SearchOrder(null, null, name, id);
    }

    public static Comparison<SearchOrder> Comparing(bool descending) => (a, b) =>
    {
        var (theirs, ours) = (a.Rank, b.Rank);
        if (theirs != ours) return theirs.CompareTo(ours);
        var order = a.Number is { } number ? number.CompareTo(b.Number!.Value) : string.CompareOrdinal(a.Text, b.Text);
        if (descending) order = -order;
        if (order == 0) order = string.CompareOrdinal(a.Name, b.Name);
        return order != 0 ? order : a.Id.CompareTo(b.Id);
    };

    private int Rank => Number is not null ? 0 : Text is not null ? 1 : 2;
}
