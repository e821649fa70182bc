using Spectre.Console;
using Spectre.Console.Rendering;

namespace Rekindle.Cli.Output;

/// <summary>Lines of a name and what is so named; what is absent gets no line.</summary>
internal sealed class Facts
{
    private const int Gap = 2;

    private readonly List<(string Name, string Text, Style? Style)> _facts = [];

    public void Add(string name, string? text, Style? style = null)
    {
        if (!string.IsNullOrEmpty(text))
        {
            _facts.Add((name, text, style));
        }
    }

    public IRenderable Render()
    {
        var grid = new Grid();
        grid.AddColumn(new GridColumn { NoWrap = true, Padding = new Padding(0, 0, Gap, 0) });
        grid.AddColumn(new GridColumn { Padding = new Padding(0) });
        foreach (var (name, text, style) in _facts)
        {
            grid.AddRow(new Text(name, new Style(decoration: Decoration.Bold)), new Text(text, style));
        }

        return grid;
    }
}
