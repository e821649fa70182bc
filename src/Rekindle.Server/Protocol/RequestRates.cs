using System.Collections.Concurrent;

namespace Rekindle.Server.Protocol;

/// <summary>
/// Bounds how often each key may ask: evenly <see cref="AccessKey.RequestsPerSecond"/> times, and that many at once after a pause. One
/// instance serves all doors, so that a key has one account, whatever it speaks.
/// </summary>
/// <remarks>
/// The generic cell rate algorithm (ITU-T I.371): all that is kept of a key is when its next request would come if it came evenly. The
/// limiters of the platform know no <see cref="TimeProvider"/>.
/// </remarks>
internal sealed class RequestRates(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private readonly ConcurrentDictionary<AccessKey, Meter> _meters = new(ReferenceEqualityComparer.Instance);

    /// <summary>Counts a request of the key, once its signature is known to be right.</summary>
    /// <param name="key">Null on a server without keys.</param>
    /// <returns>False when it comes too soon; then it counts for nothing.</returns>
    public bool Admits(AccessKey? key) =>
        key?.RequestsPerSecond is not { } rate || _meters.GetOrAdd(key, _ => new Meter()).Takes(rate, time.GetElapsedTime(_start).TotalSeconds);

    private sealed class Meter
    {
        private readonly Lock _lock = new();
        private double _next;

        public bool Takes(double rate, double now)
        {
            var atOnce = Math.Max(1, Math.Floor(rate));
            lock (_lock)
            {
                var next = Math.Max(_next, now);
                // Half a nanosecond against the rounding of sums, which else would refuse a request at the very instant of its turn.
                if (next - now > ((atOnce - 1) / rate) + 5e-10) return false;
                _next = next + (1 / rate);
                return true;
            }
        }
    }
}
