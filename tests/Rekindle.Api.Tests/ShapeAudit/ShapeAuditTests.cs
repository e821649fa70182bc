namespace Rekindle.Api.Tests.ShapeAudit;

/// <summary>Our records are written by hand; the models of AWS's own clients say whether they are right.</summary>
public sealed class ShapeAuditTests(Vendors vendors) : IClassFixture<Vendors>
{
    /// <summary>The botocore our rules were last compared with. Older ones know fewer members and other rules.</summary>
    private static readonly Version Compared = new(1, 43, 11);

    private static readonly Dictionary<string, string> Reasons = File
        .ReadAllLines(Path.Combine(AppContext.BaseDirectory, "NotImplemented.txt"))
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line.Split(": ", 2))
        .ToDictionary(parts => parts[0], parts => parts[1]);

    [Fact]
    [Trait("Needs", "python3-boto3")]
    public async Task Members_types_and_rules_are_those_of_botocore()
    {
        var vendor = await vendors.Botocore;
        Assert.NotEmpty(vendor.Shapes);
        AssertExplained(Comparison.Gaps(vendor, DepthFor(vendor)), $"botocore {vendor.Version}");
    }

    [Fact]
    [Trait("Needs", "npm")]
    public async Task Members_and_types_are_those_of_the_SDK_for_JavaScript()
    {
        var vendor = await vendors.Sdk;
        Assert.Equal(17, vendor.Operations.Count);
        AssertExplained(Comparison.Gaps(vendor, Depth.WithoutRules), $"@aws-sdk/client-sagemaker {vendor.Version}");
    }

    [Fact]
    [Trait("Needs", "npm")]
    public async Task Every_line_of_the_list_of_differences_tells_a_difference()
    {
        var botocore = await vendors.Botocore;
        var places = Comparison.Gaps(botocore, DepthFor(botocore))
            .Concat(Comparison.Gaps(await vendors.Sdk, Depth.WithoutRules))
            .Select(gap => gap.Place)
            .ToHashSet();
        Assert.Empty(Reasons.Keys.Except(places));
        Assert.All(Reasons.Values, reason => Assert.True(reason.Length > 10, $"\"{reason}\" is no reason"));
    }

    [Fact]
    public void No_record_is_out_of_reach()
    {
        HashSet<Type> reached = [];
        // Extensions are out of the vendors' reach, but not out of ours.
        foreach (var operation in OperationTable.ByTarget.Values.Concat(OperationTable.ExtensionsByTarget.Values))
        {
            Reach(operation.Request);
            Reach(operation.Response);
        }
        // The operations of CloudWatch Logs, which is another service of AWS.
        Reach(typeof(Shapes.GetLogEventsRequest));
        Reach(typeof(Shapes.GetLogEventsResponse));
        Reach(typeof(Shapes.DescribeLogStreamsRequest));
        Reach(typeof(Shapes.DescribeLogStreamsResponse));
        Reach(typeof(Shapes.DescribeLogGroupsRequest));
        Reach(typeof(Shapes.DescribeLogGroupsResponse));
        Reach(typeof(Shapes.FilterLogEventsRequest));
        Reach(typeof(Shapes.FilterLogEventsResponse));
        // And those of CloudWatch.
        Reach(typeof(Shapes.GetMetricStatisticsRequest));
        Reach(typeof(Shapes.GetMetricStatisticsResponse));
        Reach(typeof(Shapes.ListMetricsRequest));
        Reach(typeof(Shapes.ListMetricsResponse));
        var all = typeof(Shapes.Tag).Assembly.GetExportedTypes()
            .Where(type => type.Namespace == typeof(Shapes.Tag).Namespace && !(type.IsAbstract && type.IsSealed));
        Assert.Empty(all.Except(reached));

        void Reach(Type shape)
        {
            if (!reached.Add(shape))
                return;
            foreach (var inner in OurModel.Inner(shape))
                Reach(inner);
        }
    }

    /// <summary>An audit that cannot fail is worth nothing: planted differences have to be seen.</summary>
    [Fact]
    public void Sees_planted_differences()
    {
        var tag = OurModel.Facts(typeof(Shapes.Tag));
        tag.Remove("Value");
        tag["Key"] = ["type int", "required", "length at most 127"];
        tag["Colour"] = ["type string"];
        Dictionary<string, string[]> request = new() { ["ResourceArn"] = OurModel.Facts(typeof(Shapes.AddTagsRequest))["ResourceArn"], ["Tags"] = OurModel.Facts(typeof(Shapes.AddTagsRequest))["Tags"] };
        VendorModel vendor = new("1", new() { ["AddTags"] = ["AddTagsInput", null] }, new() { ["AddTagsInput"] = request, ["Tag"] = tag });
        var gaps = Comparison.Gaps(vendor, Depth.Full).Where(gap => gap.Place.StartsWith("Tag", StringComparison.Ordinal) || gap.Place == "AddTagsResponse").ToList();
        Assert.Equal(
            [
                new("Tag.Key", "lacks: type int"),
                new("Tag.Key", "lacks: length at most 127"),
                new("Tag.Key", "has, and the vendor's has not: type string"),
                new("Tag.Key", "has, and the vendor's has not: length at least 1"),
                new("Tag.Key", "has, and the vendor's has not: length at most 128"),
                new("Tag.Key", @"has, and the vendor's has not: pattern ([\p{L}\p{Z}\p{N}_.:/=+\-@]*)"),
                new("Tag.Colour", "is missing: type string"),
                new("Tag.Value", "is no member of the vendor's"),
                new("AddTagsResponse", "has members, the vendor's has none"),
            ],
            gaps);
    }

    private static Depth DepthFor(VendorModel botocore) =>
        Version.Parse(botocore.Version) >= Compared ? Depth.Full : Depth.NamesAndTypes;

    private static void AssertExplained(IReadOnlyList<Gap> gaps, string vendor)
    {
        var unexplained = gaps.Where(gap => !Reasons.ContainsKey(gap.Place)).Select(gap => $"{gap.Place} {gap.What}").ToList();
        Assert.True(
            unexplained.Count == 0,
            $"Our records differ from {vendor}. Follow it, or give a reason in NotImplemented.txt:\n{string.Join('\n', unexplained)}");
    }
}
