namespace Rekindle.Server.Driving;

/// <summary>
/// Keeps a place that can start no program from using up the training jobs sent there: after five failures in a row it is tried by one
/// training job at a time, first after half a minute, then after pauses that double up to ten minutes, until one start succeeds. A training
/// job that was never tried is tried once, however it went for the others: what failed may have been theirs.
/// </summary>
/// <remarks>
/// Time is given in, as what has passed since some fixed moment. A start is known by the time at which it was admitted: what comes of one
/// that began before the breaker opened says nothing new. Nobody has to answer for a start: what was begun and forgotten only costs a pause.
/// Safe for many callers at once.
/// </remarks>
internal sealed class CircuitBreaker(TimeSpan firstPause, TimeSpan longestPause)
{
    public const int FailuresToOpen = 5;

    private readonly Lock _lock = new();
    private int _failures;
    private string _problem = "";
    private string? _firstFailed;
    private bool _isOfSeveral;
    private bool _isOpen;
    private TimeSpan _openedAt;
    private TimeSpan _pause;
    private TimeSpan? _probedAt;
    private TimeSpan _nextProbe;

    public CircuitBreaker()
        : this(TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(10))
    {
    }

    public bool IsOpen
    {
        get
        {
            lock (_lock) return _isOpen;
        }
    }

    /// <summary>Whether more than one training job has failed to start since the last success: then none of them is to blame.</summary>
    public bool IsOfSeveral
    {
        get
        {
            lock (_lock) return _isOfSeveral;
        }
    }

    /// <summary>Whether a start may be tried now.</summary>
    /// <param name="now">The time.</param>
    /// <param name="isFirst">Whether this training job was never tried.</param>
    /// <param name="problem">What went wrong the last time, when it may not.</param>
    public bool Admits(TimeSpan now, bool isFirst, out string problem)
    {
        lock (_lock)
        {
            problem = _problem;
            if (!_isOpen || isFirst) return true;
            if (now < _nextProbe) return false;
            (_probedAt, _nextProbe) = (now, now + _pause);
            return true;
        }
    }

    /// <summary>A program runs.</summary>
    /// <param name="admittedAt">When its start was admitted.</param>
    /// <returns>Whether the breaker was open until now.</returns>
    public bool Succeeded(TimeSpan admittedAt)
    {
        lock (_lock)
        {
            if (_isOpen && admittedAt <= _openedAt) return false;
            var wasOpen = _isOpen;
            (_isOpen, _failures, _firstFailed, _isOfSeveral) = (false, 0, null, false);
            return wasOpen;
        }
    }

    /// <summary>A program could not be started, for no fault of its own.</summary>
    /// <param name="admittedAt">When its start was admitted.</param>
    /// <param name="trainingJob">Whose start it was.</param>
    /// <param name="problem">What went wrong.</param>
    /// <param name="now">The time.</param>
    /// <returns>Whether the breaker has opened by this.</returns>
    public bool Failed(TimeSpan admittedAt, string trainingJob, string problem, TimeSpan now)
    {
        lock (_lock)
        {
            _firstFailed ??= trainingJob;
            _isOfSeveral |= trainingJob != _firstFailed;
            if (_isOpen)
            {
                if (admittedAt != _probedAt) return false;
                _problem = problem;
                _pause = _pause * 2 < longestPause ? _pause * 2 : longestPause;
                _nextProbe = now + _pause;
                return false;
            }

            _problem = problem;
            if (++_failures < FailuresToOpen) return false;
            (_isOpen, _openedAt, _probedAt, _pause, _nextProbe) = (true, now, null, firstPause, now + firstPause);
            return true;
        }
    }

    /// <summary>A start ended without telling anything of the place: what it needs was refused. The next may try at once.</summary>
    /// <param name="admittedAt">When it was admitted.</param>
    public void Returned(TimeSpan admittedAt)
    {
        lock (_lock)
        {
            if (_isOpen && admittedAt == _probedAt) _nextProbe = admittedAt;
        }
    }
}
