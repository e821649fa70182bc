namespace Rekindle.Server.ForeignStorage;

/// <summary>Tries again and again as long as it is only trouble that may pass, with growing pauses, and says meanwhile what it waits for.</summary>
internal sealed class Patience(TimeProvider time, Func<Exception, bool> mayPass)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private TimeSpan _pause = TimeSpan.FromMilliseconds(500);
    private bool _waited;

    /// <summary>With an endpoint.</summary>
    public static Patience WithEndpoint(TimeProvider time) => new(time, trouble => trouble is EndpointAwayException);

    /// <param name="attempt">What is tried.</param>
    /// <param name="tell">Hears what is waited for, and null when it came.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<T> TryAsync<T>(Func<Task<T>> attempt, Action<string?> tell, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var result = await attempt();
                if (_waited) tell(null);
                return result;
            }
            catch (Exception trouble) when (mayPass(trouble))
            {
                tell(trouble.Message);
                _waited = true;
            }

            await Task.Delay(_pause, time, cancellationToken);
            _pause = _pause * 2 < Longest ? _pause * 2 : Longest;
        }
    }
}
