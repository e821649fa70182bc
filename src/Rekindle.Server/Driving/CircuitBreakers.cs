using System.Collections.Concurrent;
using System.ComponentModel;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Driving;

/// <summary>The breakers of all places where training jobs run. A server that was restarted begins with closed ones.</summary>
internal sealed class CircuitBreakers(TimeProvider time, Func<CircuitBreaker> create)
{
    private readonly long _start = time.GetTimestamp();
    private readonly ConcurrentDictionary<string, CircuitBreaker> _byPlace = new(StringComparer.Ordinal);

    public CircuitBreakers(TimeProvider time)
        : this(time, () => new CircuitBreaker())
    {
    }

    /// <summary>By a clock that nobody sets.</summary>
    public TimeSpan Now => time.GetElapsedTime(_start);

    public CircuitBreaker Of(string place) => _byPlace.GetOrAdd(place, _ => create());

    /// <summary>Whether a problem is the machine's: no room, no rights, no process, no answer. All else may well be the training job's own.</summary>
    public static bool IsOfPlace(Exception problem) => problem
        is StartFailedException or Win32Exception or UnauthorizedAccessException or TimeoutException or HttpRequestException
        || (problem is IOException and not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException));
}
