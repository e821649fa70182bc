namespace Rekindle.Api.Tests.ShapeAudit;

/// <summary>A difference between our records and a vendor's model.</summary>
/// <param name="Place">Operation, shape or <c>Shape.Member</c>, as it stands in NotImplemented.txt.</param>
/// <param name="What">The difference in words.</param>
internal sealed record Gap(string Place, string What);

/// <summary>How much of a vendor's model is held against our records.</summary>
internal enum Depth
{
    /// <summary>Everything, both ways.</summary>
    Full,

    /// <summary>Everything but bounds, patterns and value sets, which the vendor's model does not have; numbers are just numbers.</summary>
    WithoutRules,

    /// <summary>What an old model has must be in ours with the same type. Rules and requirements change over the years.</summary>
    NamesAndTypes,
}

internal static class Comparison
{
    public static IReadOnlyList<Gap> Gaps(VendorModel vendor, Depth depth)
    {
        List<Gap> gaps = [];
        HashSet<string> visited = [];
        foreach (var operation in OperationTable.ByTarget.Values)
        {
            if (!vendor.Operations.TryGetValue(operation.Name, out var sides))
            {
                if (depth != Depth.NamesAndTypes)
                    gaps.Add(new(operation.Name, "is no operation of the vendor's"));
                continue;
            }
            Compare(operation.Request, sides[0]);
            Compare(operation.Response, sides[1]);
        }
        // What the vendor reaches and we do not is found member by member; a shape we reach is compared once, whatever leads to it.
        return gaps;

        void Compare(Type ours, string? name)
        {
            if (name is null)
            {
                if (ours.GetProperties().Length > 0)
                    gaps.Add(new(ours.Name, "has members, the vendor's has none"));
                return;
            }
            if (!visited.Add(name))
                return;
            if (!vendor.Shapes.TryGetValue(name, out var theirs))
            {
                if (depth != Depth.NamesAndTypes)
                    gaps.Add(new(name, "is no shape of the vendor's"));
                return;
            }
            var facts = OurModel.Facts(ours);
            foreach (var (member, wanted) in theirs)
            {
                if (facts.TryGetValue(member, out var given))
                    gaps.AddRange(CompareFacts($"{name}.{member}", given, wanted, depth));
                else
                    gaps.Add(new($"{name}.{member}", $"is missing: {string.Join(", ", wanted)}"));
            }
            if (depth != Depth.NamesAndTypes)
                gaps.AddRange(facts.Keys.Except(theirs.Keys).Select(member => new Gap($"{name}.{member}", "is no member of the vendor's")));
            foreach (var inner in OurModel.Inner(ours))
                Compare(inner, inner.Name);
        }
    }

    private static IEnumerable<Gap> CompareFacts(string place, string[] ours, string[] theirs, Depth depth)
    {
        var (mine, wanted) = (ours.Where(Counts).Select(Comparable), theirs.Where(Counts).Select(Comparable));
        foreach (var fact in wanted.Except(mine))
            yield return new(place, $"lacks: {fact}");
        foreach (var fact in mine.Except(wanted))
            yield return new(place, $"has, and the vendor's has not: {fact}");
        // A widening is a difference even from a vendor whose model has no rules to differ from.
        foreach (var fact in ours.Where(OurModel.IsWidening))
            yield return new(place, $"takes {fact}");

        bool Counts(string fact) => !OurModel.IsWidening(fact) && (depth == Depth.Full
            || fact.StartsWith("type ", StringComparison.Ordinal)
            || (depth == Depth.WithoutRules && fact == "required"));

        string Comparable(string fact) =>
            depth == Depth.WithoutRules && fact is "type int" or "type long" or "type double" ? "type number" : fact;
    }
}
