using System.Text;

namespace Rekindle.Cli.Output;

/// <summary>Keeps back the blanks at the ends of lines, with which tables are filled up, from a file or another program.</summary>
internal sealed class TrimmedLines(TextWriter output) : TextWriter(System.Globalization.CultureInfo.InvariantCulture)
{
    private int _blanks;

    public override Encoding Encoding => output.Encoding;

    public override void Write(char value)
    {
        if (value == ' ')
        {
            _blanks++;
            return;
        }

        if (value is not ('\n' or '\r'))
        {
            for (var i = 0; i < _blanks; i++)
            {
                output.Write(' ');
            }
        }

        _blanks = 0;
        output.Write(value);
    }

    public override void Flush() => output.Flush();
}
