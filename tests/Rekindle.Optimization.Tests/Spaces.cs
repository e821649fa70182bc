using CsCheck;

namespace Rekindle.Optimization.Tests;

/// <summary>Random spaces, histories and parents, odd ones first.</summary>
internal static class Spaces
{
    private static readonly double[] OddBounds =
    [
        0, -0.0, 5e-324, 1e-323, 2.2250738585072014E-308, 1e-308, 1e-5, 0.1, 0.3, 0.99, 0.9999999, 1, 1.0000000000000002, 100, 1e16,
        1e308, double.MaxValue, -5e-324, -1e-5, -1, -1e308, double.MinValue,
    ];

    private static readonly long[] OddIntegers = [long.MinValue, long.MinValue + 1, -5, -1, 0, 1, 2, 15, 1000, 1L << 53, long.MaxValue - 1, long.MaxValue];

    private static readonly string[] OddTexts = ["true", "\"x\"", "1", "01", "é", "", " ", "a b", "nan", "ß", "😀", "1e-5"];

    public static Gen<double> Bound { get; } =
        Gen.OneOf(Pick(OddBounds), Gen.Double[-10, 10], Gen.Double[0, 1], Gen.Double.Where(double.IsFinite));

    public static Gen<Parameter> Parameter(string name) => Gen.OneOf(
        Gen.Select(Bound, Bound, Gen.Enum<Scaling>(), (a, b, s) => (Parameter)Continuous(name, a, b, s)),
        Gen.Select(Pick(OddIntegers), Pick(OddIntegers), Gen.Enum<Scaling>(), (a, b, s) => (Parameter)Integer(name, a, b, s)),
        Gen.Select(Gen.Int[-20, 20], Gen.Int[0, 40], (a, w) => (Parameter)new IntegerParameter(name, a, a + w)),
        Gen.Shuffle(OddTexts, 1, OddTexts.Length).Select(values => (Parameter)new CategoricalParameter(name, values)));

    public static Gen<SearchSpace> Space { get; } =
        from size in Gen.Frequency((6, Gen.Int[1, 4]), (1, Gen.Const(30)))
        from parameters in Many(size)
        select new SearchSpace(parameters);

    public static Gen<double> Value { get; } = Gen.OneOf(
        Pick<double>(0, -0.0, 1, 1e308, -1e308, 1e-308, 5e-324, double.MaxValue, double.MinValue), Gen.Double[-1, 1],
        Gen.Double.Where(double.IsFinite));

    /// <summary>Histories whose values are constant, ordinary or extreme, with duplicates, failures and pending points.</summary>
    public static Gen<History> History(SearchSpace space, WarmStart? warmStart = null) =>
        from completed in Points(space, 0, 14)
        from constant in Gen.Bool
        from values in Value.Array[completed.Length + 1]
        from pending in Points(space, 0, 4)
        from failed in Points(space, 0, 4)
        from repeat in Gen.Frequency((4, Gen.Const(1)), (1, Gen.Int[2, 3]))
        select new History(
            [.. Enumerable.Repeat(completed.Select((c, i) => new Observation(c, values[constant ? 0 : i])), repeat).SelectMany(o => o)],
            pending, failed, warmStart);

    public static Gen<WarmStart> WarmStart(SearchSpace space) =>
        from type in Gen.Enum<WarmStartType>()
        from parents in Parent(space).List[0, 3]
        select new WarmStart(type, parents);

    private static Gen<T> Pick<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Gen<ParentHistory> Parent(SearchSpace child) =>
        from own in Gen.Bool
        from other in Space
        let space = own ? child : other
        from points in Points(space, 0, 12)
        from values in Value.Array[points.Length]
        from text in Pick("text", "0.5", "1", "-1e300", "")
        let statics = child.Parameters.Where(p => space.Parameters.All(q => q.Name != p.Name)).ToDictionary(p => p.Name, _ => text)
        select new ParentHistory("parent", space, statics, [.. points.Select((c, i) => new Observation(c, values[i]))]);

    private static Gen<Configuration[]> Points(SearchSpace space, int least, int most) =>
        Gen.OneOf(Gen.Double[0, 1], Pick(0.0, 0.5, 1.0)).Array[space.Parameters.Count].Array[least, most]
            .Select(all => all.Select(u => space.Decode(u)).ToArray());

    private static Gen<Parameter[]> Many(int size) =>
        Enumerable.Range(0, size).Aggregate(
            Gen.Const(Array.Empty<Parameter>()),
            (all, i) => Gen.Select(all, Parameter("p" + i), (list, p) => (Parameter[])[.. list, p]));

    private static ContinuousParameter Continuous(string name, double a, double b, Scaling scaling)
    {
        var (low, high) = (Math.Min(a, b), Math.Max(a, b));
        var fits = scaling switch
        {
            Scaling.Logarithmic => low > 0,
            Scaling.ReverseLogarithmic => low >= 0 && high < 1,
            _ => true,
        };
        return new ContinuousParameter(name, low, high, fits ? scaling : Scaling.Auto);
    }

    private static IntegerParameter Integer(string name, long a, long b, Scaling scaling)
    {
        var (low, high) = (Math.Min(a, b), Math.Max(a, b));
        var fits = scaling != Scaling.ReverseLogarithmic && (scaling != Scaling.Logarithmic || low > 0);
        return new IntegerParameter(name, low, high, fits ? scaling : Scaling.Auto);
    }
}
