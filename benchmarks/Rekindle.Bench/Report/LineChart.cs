using System.Globalization;
using System.Security;
using System.Text;

namespace Rekindle.Bench.Report;

/// <summary>One line of a chart.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Values">Its height at 1, 2, … evaluations, above 0.</param>
/// <param name="Emphasised">Whether it is one of ours.</param>
internal sealed record Series(string Name, IReadOnlyList<double> Values, bool Emphasised);

/// <summary>Draws curves with a logarithmic height as SVG.</summary>
internal static class LineChart
{
    private const double Width = 780;
    private const double Height = 420;
    private const double Left = 64;
    private const double Right = 230;
    private const double Top = 36;
    private const double Bottom = 46;

    /// <summary>Told apart by people who see colours differently, too.</summary>
    private static readonly string[] Colours =
    [
        "#0072b2", "#009e73", "#56b4e9", "#e69f00", "#cc79a7", "#8c6d31", "#666666", "#aaaaaa", "#332288", "#aa4499", "#117733", "#000000",
    ];

    private static readonly string[] OwnColours = ["#d62728", "#ff7f50", "#8b0000"];

    public static string Draw(string title, string heightTitle, IReadOnlyList<Series> series)
    {
        var last = series.Max(s => s.Values.Count);
        var (low, high) = (series.Min(s => s.Values.Min()), series.Max(s => s.Values.Max()));
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" font-family="sans-serif" font-size="12">
            <title>{SecurityElement.Escape(title)}</title>
            <rect width="{Width}" height="{Height}" fill="white"/>

            """);
        svg.Append(Text(Left, 20, title, "start", "font-size=\"14\" font-weight=\"bold\""));
        foreach (var tick in HeightTicks(low, high))
        {
            svg.Append(Line(Left, Y(tick), Width - Right, Y(tick)));
            svg.Append(Text(Left - 6, Y(tick) + 4, tick.ToString("G2", CultureInfo.InvariantCulture), "end", ""));
        }

        foreach (var tick in Enumerable.Range(1, last).Where(n => n == 1 || n % Step(last) == 0))
        {
            svg.Append(Line(X(tick), Top, X(tick), Height - Bottom));
            svg.Append(Text(X(tick), Height - Bottom + 18, tick.ToString(CultureInfo.InvariantCulture), "middle", ""));
        }

        svg.Append(Text((Left + Width - Right) / 2, Height - 8, "evaluations", "middle", ""));
        var middle = (Top + Height - Bottom) / 2;
        svg.Append(Text(14, middle, heightTitle, "middle", string.Create(CultureInfo.InvariantCulture, $"transform=\"rotate(-90 14 {middle})\"")));
        // Ours last, so that nothing covers them.
        foreach (var (line, colour, legend) in Coloured(series).OrderBy(s => s.Line.Emphasised))
        {
            var points = line.Values.Select((v, i) => string.Create(CultureInfo.InvariantCulture, $"{X(i + 1):0.#},{Y(v):0.#}"));
            var y = Top + 8 + (18 * legend);
            svg.Append(
                CultureInfo.InvariantCulture,
                $"""
                <g fill="none" stroke="{colour}" stroke-width="{(line.Emphasised ? 3 : 1.5)}">
                <polyline points="{string.Join(' ', points)}"/>
                <line x1="{Width - Right + 14}" x2="{Width - Right + 38}" y1="{y}" y2="{y}"/>
                </g>

                """);
            svg.Append(Text(Width - Right + 44, y + 4, line.Name, "start", ""));
        }

        return svg.Append("</svg>\n").ToString();

        double X(int evaluation) => Left + ((Width - Left - Right) * (evaluation - 1) / Math.Max(1, last - 1));
        double Y(double value) => Height - Bottom - ((Height - Top - Bottom) * Math.Log(value / low) / Math.Max(1e-9, Math.Log(high / low)));
    }

    private static List<(Series Line, string Colour, int Legend)> Coloured(IReadOnlyList<Series> series)
    {
        var (own, other) = (0, 0);
        return [.. series.Select((s, i) => (s, s.Emphasised ? OwnColours[own++ % OwnColours.Length] : Colours[other++ % Colours.Length], i))];
    }

    /// <summary>1, 2 and 5 of every power of ten, or the powers alone when those are many.</summary>
    private static IEnumerable<double> HeightTicks(double low, double high)
    {
        double[] steps = high / low > 1e3 ? [1] : [1, 2, 5];
        return Enumerable.Range((int)Math.Floor(Math.Log10(low)), (int)Math.Ceiling(Math.Log10(high / low)) + 2)
            .SelectMany(power => steps.Select(step => step * Math.Pow(10, power)))
            .Where(tick => tick >= low && tick <= high);
    }

    private static int Step(int last) => last <= 20 ? 5 : last <= 60 ? 10 : last <= 120 ? 20 : 50;

    private static string Line(double x1, double y1, double x2, double y2) =>
        string.Create(CultureInfo.InvariantCulture, $"<line x1=\"{x1:0.#}\" y1=\"{y1:0.#}\" x2=\"{x2:0.#}\" y2=\"{y2:0.#}\" stroke=\"#dddddd\"/>\n");

    private static string Text(double x, double y, string text, string anchor, string more) => string.Create(
        CultureInfo.InvariantCulture,
        $"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\" fill=\"#222222\" {more}>{SecurityElement.Escape(text)}</text>\n");
}
