using Rekindle.Cli.Output;

namespace Rekindle.Cli.Demo;

/// <summary>What a character of the chart stands for.</summary>
internal enum Ink
{
    Blank,
    Axis,
    Line,
    Improvement,
    Other,
    ParentBest,
}

/// <summary>
/// A small chart of text: one panel a tuning job, side by side over the same scale, the parent first. In each the line is the best so far, a
/// round mark a training job that improved it, a dot one that did not (left out below the scale). The parent's best goes on through the
/// children's panels, dashed.
/// </summary>
internal sealed class BestSoFarChart
{
    private const int Height = 9;
    private const int WidestStep = 4;
    private const int PanelGap = 2;

    private readonly char[,] _text;
    private readonly Ink[,] _ink;
    private readonly Glyphs _glyphs;
    private readonly int _width;

    private BestSoFarChart(int width, int height, Glyphs glyphs)
    {
        _width = width;
        _glyphs = glyphs;
        _text = new char[height, width];
        _ink = new Ink[height, width];
        for (var row = 0; row < height; row++)
        {
            for (var column = 0; column < width; column++)
            {
                _text[row, column] = ' ';
            }
        }
    }

    /// <param name="panels">The parent, then its children. Without any objective the chart is empty.</param>
    /// <param name="width">Most columns.</param>
    /// <param name="unicode">Whether the terminal has more than ASCII.</param>
    /// <returns>Lines of pieces of the same ink.</returns>
    public static IReadOnlyList<IReadOnlyList<(string Text, Ink Ink)>> Draw(IReadOnlyList<BestSoFar> panels, int width, bool unicode)
    {
        var bests = panels.SelectMany(panel => panel.Running).OfType<double>().ToList();
        if (bests.Count == 0)
        {
            return [];
        }

        var scale = new Scale(bests.Min(), bests.Max(), Height);
        var margin = scale.Labels.Max(label => label.Length) + 1;
        var room = width - margin - 1 - ((panels.Count - 1) * PanelGap);
        var columns = panels.Sum(panel => panel.Values.Count);
        var step = Math.Clamp(room / columns, 0, WidestStep);
        // Too many for the terminal: every panel shows as many as it has room for, the last always among them.
        var widths = panels.Select(panel => step > 0 ? panel.Values.Count * step : Math.Max(1, room * panel.Values.Count / columns)).ToList();
        var total = margin + 1 + widths.Sum() + ((panels.Count - 1) * PanelGap);
        var chart = new BestSoFarChart(total, Height + 2, unicode ? Glyphs.Unicode : Glyphs.Ascii);
        chart.DrawAxis(scale, margin);
        var left = margin + 1;
        for (var i = 0; i < panels.Count; i++)
        {
            var parentBest = i > 0 ? panels[0].Best : null;
            chart.DrawPanel(panels[i], scale, left, widths[i], Math.Max(1, step), parentBest);
            left += widths[i] + PanelGap;
        }

        return chart.Lines();
    }

    private void DrawAxis(Scale scale, int margin)
    {
        for (var row = 0; row < Height; row++)
        {
            Put(row, 0, scale.Labels[row].PadLeft(margin - 1), Ink.Axis);
            Put(row, margin, _glyphs.Axis.ToString(), Ink.Axis);
        }
    }

    private void DrawPanel(BestSoFar panel, Scale scale, int left, int width, int step, double? parentBest)
    {
        if (parentBest is { } mark)
        {
            for (var column = left; column < left + width; column++)
            {
                Put(scale.RowOf(mark), column, _glyphs.Dashed.ToString(), Ink.ParentBest);
            }
        }

        var shown = Math.Min(panel.Values.Count, Math.Max(1, width / step));
        var running = panel.Running;
        int? last = null;
        for (var i = 0; i < shown; i++)
        {
            // Where several share a column, it tells of the last of them; the line jumps all the same.
            var job = ((i + 1) * panel.Values.Count / shown) - 1;
            var column = left + (i * step);
            if (panel.Values[job] is { } own && scale.Contains(own))
            {
                Put(scale.RowOf(own), column + step - 1, _glyphs.Other.ToString(), Ink.Other);
            }

            if (running[job] is not { } best)
            {
                continue;
            }

            var row = scale.RowOf(best);
            DrawStep(row, column, step, last);
            if (panel.Values[job] == best && (job == 0 || running[job - 1] != best))
            {
                Put(row, column + step - 1, _glyphs.Improvement.ToString(), Ink.Improvement);
            }

            last = row;
        }

        DrawNames(panel, left, width, shown, step);
    }

    private void DrawStep(int row, int column, int step, int? last)
    {
        for (var x = column; x < column + step; x++)
        {
            Put(row, x, _glyphs.Line.ToString(), Ink.Line);
        }

        if (last is not { } from || from == row)
        {
            return;
        }

        var (upper, lower) = (Math.Min(from, row), Math.Max(from, row));
        for (var y = upper; y <= lower; y++)
        {
            Put(y, column, _glyphs.Rise.ToString(), Ink.Line);
        }

        Put(upper, column, (row < from ? _glyphs.TopLeft : _glyphs.TopRight).ToString(), Ink.Line);
        Put(lower, column, (row < from ? _glyphs.BottomRight : _glyphs.BottomLeft).ToString(), Ink.Line);
    }

    private void DrawNames(BestSoFar panel, int left, int width, int shown, int step)
    {
        var (first, last) = ("1", panel.Values.Count.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Put(Height, left + Math.Min(step, width) - 1, first, Ink.Axis);
        if (shown > 1 && last.Length < width)
        {
            Put(Height, left + (shown * step) - last.Length, last, Ink.Axis);
        }

        Put(Height + 1, left, panel.Name.Length <= width ? panel.Name : panel.Name.Split('-')[^1] is { } end && end.Length <= width ? end : panel.Name[..width], Ink.Axis);
    }

    private void Put(int row, int column, string text, Ink ink)
    {
        for (var i = 0; i < text.Length && column + i < _width; i++)
        {
            _text[row, column + i] = text[i];
            _ink[row, column + i] = ink;
        }
    }

    private List<IReadOnlyList<(string Text, Ink Ink)>> Lines()
    {
        var lines = new List<IReadOnlyList<(string, Ink)>>();
        for (var row = 0; row < _text.GetLength(0); row++)
        {
            var pieces = new List<(string, Ink)>();
            var start = 0;
            for (var column = 1; column <= _width; column++)
            {
                if (column == _width || _ink[row, column] != _ink[row, start])
                {
                    pieces.Add((string.Concat(Enumerable.Range(start, column - start).Select(c => _text[row, c])), _ink[row, start]));
                    start = column;
                }
            }

            lines.Add(pieces);
        }

        return lines;
    }

    private sealed record Glyphs(
        char Axis, char Line, char Rise, char TopLeft, char TopRight, char BottomLeft, char BottomRight, char Dashed, char Improvement, char Other)
    {
        public static Glyphs Unicode { get; } = new('│', '─', '│', '╭', '╮', '╰', '╯', '┄', '●', '·');

        public static Glyphs Ascii { get; } = new('|', '-', '|', '+', '+', '+', '+', '.', 'o', 'x');
    }

    /// <summary>Values to rows; row 0 is the top, and always the greatest value.</summary>
    private sealed class Scale
    {
        private readonly double _least;
        private readonly double _greatest;
        private readonly int _rows;

        public Scale(double least, double greatest, int rows)
        {
            (_least, _greatest, _rows) = (least, greatest, rows);
            Labels = [.. Enumerable.Range(0, rows).Select(Label)];
        }

        /// <summary>A label for each row; empty for most.</summary>
        public IReadOnlyList<string> Labels { get; }

        private bool IsFlat => _greatest <= _least;

        public bool Contains(double value) => value >= _least && value <= _greatest;

        public int RowOf(double value) => IsFlat
            ? _rows / 2
            : (int)Math.Round((_greatest - value) / (_greatest - _least) * (_rows - 1), MidpointRounding.AwayFromZero);

        private string Label(int row)
        {
            if (IsFlat)
            {
                return row == _rows / 2 ? ShortText.Metric(_greatest) : "";
            }

            return row % 4 == 0 ? ShortText.Metric(_greatest - ((_greatest - _least) * row / (_rows - 1))) : "";
        }
    }
}
