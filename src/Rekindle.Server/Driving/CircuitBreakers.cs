using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.ComponentModel;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Driving;

/// <summary>The breakers of all places where training jobs run. A server that was restarted begins with closed ones.</summary>
internal sealed class CircuitBreakers(TimeProvider time, Func<CircuitBreaker> create)
{
    // By errno(3) of Linux, which is what exceptions of files and processes carry.
    private static readonly FrozenDictionary<int, string> Errors = new Dictionary<int, string>
    {
        [5] = "a disk gives input/output errors",
        [11] = "no more processes can be made",
        [12] = "there is no memory left",
        [23] = "too many files are open on the machine",
        [24] = "the server has too many files open",
        [28] = "no space is left on a disk",
        [30] = "a file system can only be read",
        [122] = "a disk quota is exceeded",
    }.ToFrozenDictionary();

    private readonly long _start = time.GetTimestamp();
    private readonly ConcurrentDictionary<string, CircuitBreaker> _byPlace = new(StringComparer.Ordinal);

    public CircuitBreakers(TimeProvider time)
        : this(time, () => new CircuitBreaker())
    {
    }

    /// <summary>By a clock that nobody sets.</summary>
    public TimeSpan Now => time.GetElapsedTime(_start);

    public CircuitBreaker Of(string place) => _byPlace.GetOrAdd(place, _ => create());

    /// <summary>
    /// Says in words that fit every training job what is wrong with the place: no room, no processes, no memory, a failing disk, an engine's
    /// error. Null for all else, which may well be the training job's own. Its files are named to nobody.
    /// </summary>
    public static string? ProblemOfPlace(Exception problem) => problem switch
    {
        StartFailedException => "a program could not be started there",
        IOException io when Errors.TryGetValue(io.HResult, out var words) => words,
        Win32Exception process when Errors.TryGetValue(process.NativeErrorCode, out var words) => words,
        _ => null,
    };
}
