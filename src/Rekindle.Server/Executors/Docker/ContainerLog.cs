using System.Globalization;
using System.Text;

namespace Rekindle.Server.Executors.Docker;

/// <summary>
/// One reading of a container's log from its beginning into the execution's log file. The file is a prefix of what the engine has, so a
/// reading passes over as many bytes as the file holds and appends the rest: whatever was read before, by whichever server, is neither lost
/// nor repeated. The bytes passed over are compared; where they differ, the engine has thrown the beginning away, and a line says so.
/// Beyond the cap only the end is kept.
/// </summary>
internal sealed class ContainerLog : IDisposable
{
    private const int LongestTail = 64 * 1024;
    private const string CutLine = "rekindle: the log reached its largest size; the middle of it was left out here.";
    private const string GapLine = "rekindle: the container engine no longer has the beginning of this log; lines may be missing or repeated here.";

    private readonly string _path;
    private readonly FileStream _file;
    private long _head;
    private readonly LogTail _tail;
    private long _length;

    /// <summary>Where in the file the next byte of the engine's log is or comes.</summary>
    private long _at;
    private bool _capped;

    /// <summary>Whether bytes are passed over up to the end of a line: the engine's log begins in the middle of one.</summary>
    private bool _seeksLine;
    private byte[] _compared = [];

    /// <param name="path">The log file; <c>capped</c> and <c>gap</c> beside it say how long its head is, and where the engine's log begins in it.</param>
    /// <param name="cap">What it may grow to.</param>
    /// <param name="start">Where in the file the engine's log begins: what is before is an earlier container's.</param>
    public ContainerLog(string path, long cap, long start = 0)
    {
        var tail = (int)Math.Clamp(cap / 4, 1, LongestTail);
        _path = path;
        _tail = new LogTail(tail);
        _capped = Number("capped") is not null;
        _head = Number("capped") ?? Math.Max(start, Math.Max(512, cap - tail - CutLine.Length - 2));
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        _length = Math.Min(_file.Length, _head);
        _at = Number("gap") ?? start;
        _seeksLine = _at > start;
    }

    /// <summary>What of the log is in the file, the end of a capped one left out.</summary>
    public long Length => _length;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (_seeksLine)
            {
                var end = bytes.IndexOf((byte)'\n');
                _seeksLine = end < 0;
                bytes = bytes[(end < 0 ? bytes.Length : end + 1)..];
            }
            else
            {
                bytes = bytes[(_at < _length ? PassOver(bytes) : Append(bytes))..];
            }
        }
    }

    /// <summary>To be called when the engine's log was read to the end of an ended container's.</summary>
    public void Complete()
    {
        if (!_capped) return;
        // A reading that was cut short in here has left something behind the head; it is written again.
        _file.SetLength(_head);
        RandomAccess.Write(_file.SafeFileHandle, [.. Encoding.UTF8.GetBytes($"\n{CutLine}\n"), .. _tail.WholeLines()], _head);
    }

    public void Dispose() => _file.Dispose();

    private int PassOver(ReadOnlySpan<byte> bytes)
    {
        var count = (int)Math.Min(bytes.Length, _length - _at);
        // The head of a capped log stays as it is, whatever the engine still has.
        if (!_capped)
        {
            if (_compared.Length < count) _compared = new byte[count];
            var read = RandomAccess.Read(_file.SafeFileHandle, _compared.AsSpan(0, count), _at);
            if (read < count || !bytes[..count].SequenceEqual(_compared.AsSpan(0, count)))
            {
                BeginAnew();
                return 0;
            }
        }

        _at += count;
        return count;
    }

    private void BeginAnew()
    {
        var line = Encoding.UTF8.GetBytes($"\n{GapLine}\n");
        if (_length + line.Length >= _head)
        {
            Cap();
            _at = _length;
            return;
        }

        RandomAccess.Write(_file.SafeFileHandle, line, _length);
        _length += line.Length;
        _at = _length;
        _seeksLine = true;
        File.WriteAllText(Beside("gap"), _at.ToString(CultureInfo.InvariantCulture));
    }

    private int Append(ReadOnlySpan<byte> bytes)
    {
        var room = (int)Math.Min(bytes.Length, Math.Max(0, _head - _length));
        if (room > 0)
        {
            RandomAccess.Write(_file.SafeFileHandle, bytes[..room], _length);
            _length += room;
            _at = _length;
            return room;
        }

        Cap();
        _tail.Append(bytes);
        return bytes.Length;
    }

    private void Cap()
    {
        if (_capped) return;
        _capped = true;
        _head = _length;
        File.WriteAllText(Beside("capped"), _head.ToString(CultureInfo.InvariantCulture));
    }

    private string Beside(string name) => Path.Combine(Path.GetDirectoryName(_path)!, name);

    private long? Number(string name) =>
        File.Exists(Beside(name)) && long.TryParse(File.ReadAllText(Beside(name)), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
