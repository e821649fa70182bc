using System.Globalization;
using System.Text.RegularExpressions;

namespace Rekindle.Server.TrainingJobs;

/// <summary>
/// Says what a metric's expression finds in a log and, where it finds nothing, which line comes nearest and what expression would read it.
/// The nearest line is the first that the expression matches without giving a number, else the first of those that hold most of the letters
/// that the expression and the metric's name consist of, and a number.
/// </summary>
internal sealed partial class MetricDiagnosis
{
    private const int MostOfLine = 200;
    private const string NumberPattern = @"([-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)";

    private readonly MetricDefinition _definition;
    private readonly MetricScraper _scraper;
    private readonly string[] _words;
    private int _nearestScore;

    /// <param name="definition">Its expression must be valid.</param>
    /// <param name="time">Measures how long the expression takes.</param>
    public MetricDiagnosis(MetricDefinition definition, TimeProvider time)
    {
        _definition = definition;
        _scraper = new MetricScraper([definition], time, Timeout.InfiniteTimeSpan);
        // Escapes such as \s and \d, and what stands in classes of characters, are no letters of the line.
        var literal = CharacterClass().Replace(EscapeSequence().Replace(definition.Regex, " "), " ");
        _words = [.. Word().Matches($"{literal} {definition.Name}").Select(match => match.Value).Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    public int Lines { get; private set; }

    /// <summary>Lines that gave a value.</summary>
    public int Matched { get; private set; }

    public double? First { get; private set; }

    public double? Last { get; private set; }

    public double? Smallest { get; private set; }

    public double? Largest { get; private set; }

    /// <summary>The first line that gave a value, counted from 1; null when none did.</summary>
    public int? FirstLine { get; private set; }

    /// <summary>How often the expression matched while what it captured was no finite number.</summary>
    public int NotNumbers => _scraper.NotNumbers(_definition.Name);

    /// <summary>Counted from 1.</summary>
    public int NearestLine { get; private set; }

    /// <summary>Null when no line has a number and any of the letters.</summary>
    public string? NearestText { get; private set; }

    /// <summary>What else a user should know, in sentences.</summary>
    public IReadOnlyList<string> Remarks => _scraper.Remarks;

    public void Read(string line, CancellationToken cancellationToken = default)
    {
        Lines++;
        line = MetricScraper.WithoutAnsi(line);
        var before = NotNumbers;
        var found = _scraper.Scrape([new LogLine(0, line)], DateTimeOffset.UnixEpoch, cancellationToken).Readings;
        if (found is [var reading])
        {
            Matched++;
            First ??= reading.Value;
            FirstLine ??= Lines;
            Last = reading.Value;
            Smallest = Math.Min(Smallest ?? reading.Value, reading.Value);
            Largest = Math.Max(Largest ?? reading.Value, reading.Value);
            return;
        }

        var hasDigit = Digit().IsMatch(line);
        var isMatch = NotNumbers > before;
        if (Matched > 0 || !(hasDigit || isMatch)) return;
        var score = isMatch ? int.MaxValue - (hasDigit ? 0 : 1) : _words.Where(word => line.Contains(word, StringComparison.OrdinalIgnoreCase)).Sum(word => word.Length);
        if (score > _nearestScore) (_nearestScore, NearestLine, NearestText) = (score, Lines, line);
    }

    /// <summary>What is wrong in a sentence or two; null when there are values.</summary>
    public string? Problem()
    {
        if (Matched > 0) return null;
        var read = string.Create(
            CultureInfo.InvariantCulture,
            $"{Lines} {(Lines == 1 ? "line was" : "lines were")} read, and none gave a value for the metric \"{_definition.Name}\".");
        if (NearestText is not { } text) return read;
        var why = DiffersOnlyInCase() ? ", which differs from the expression only in upper and lower case" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{read} The nearest is line {NearestLine}: \"{Shorten(text)}\"{why}.");
    }

    /// <summary>An expression that reads the number of the nearest line; null when there is no such line.</summary>
    public string? Suggestion()
    {
        if (NearestText is not { } text || Matched > 0) return null;
        // The number behind the last of the words that are there.
        var after = _words.Select(word => text.LastIndexOf(word, StringComparison.OrdinalIgnoreCase) is var at and >= 0 ? at + word.Length : -1).Max();
        var numbers = Number().Matches(text);
        var number = numbers.FirstOrDefault(match => match.Index >= after) ?? numbers.LastOrDefault();
        if (number is null) return null;
        var before = text[..number.Index];
        var start = Math.Max(before.LastIndexOfAny([',', ';', '|', '\t']) + 1, 0);
        var prefix = before[start..].TrimStart();
        if (prefix.Trim().Length == 0) prefix = before.TrimStart();
        var suggestion = Spaces().Replace(Regex.Escape(prefix), @"\s+") + NumberPattern;
        return Finds(suggestion, text) ? suggestion : null;
    }

    private static string Shorten(string text) => text.Length <= MostOfLine ? text.Trim() : text[..MostOfLine].Trim() + "…";

    private bool DiffersOnlyInCase() => Finds("(?i)" + _definition.Regex, NearestText!);

    private bool Finds(string regex, string text)
    {
        var definition = new MetricDefinition(_definition.Name, regex);
        return MetricScraper.Problem(definition) is null
            && new MetricScraper([definition], TimeProvider.System).Scrape([new LogLine(0, text)], default, CancellationToken.None).Readings.Count > 0;
    }

    [GeneratedRegex(@"\\.", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex EscapeSequence();

    [GeneratedRegex(@"\[[^\]]*\]", RegexOptions.CultureInvariant)]
    private static partial Regex CharacterClass();

    [GeneratedRegex(@"\p{L}{2,}", RegexOptions.CultureInvariant)]
    private static partial Regex Word();

    [GeneratedRegex("[0-9]", RegexOptions.CultureInvariant)]
    private static partial Regex Digit();

    [GeneratedRegex(@"(?<![\p{L}0-9_.])[-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?", RegexOptions.CultureInvariant)]
    private static partial Regex Number();

    [GeneratedRegex(@"(?:\\ |\\t)+", RegexOptions.CultureInvariant)]
    private static partial Regex Spaces();
}
