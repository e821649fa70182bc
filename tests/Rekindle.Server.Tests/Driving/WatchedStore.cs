using System.Reflection;
using Rekindle.Server.Storage;

namespace Rekindle.Server.Tests.Driving;

/// <summary>A store that tells what is asked of it before it does it.</summary>
public class WatchedStore : DispatchProxy
{
    private IStore _store = null!;
    private Action<string, IReadOnlyList<object?>> _before = null!;

    /// <param name="store">Does the work.</param>
    /// <param name="before">Called with the name of what is asked and its arguments; what it throws comes instead of an answer.</param>
    internal static IStore Of(IStore store, Action<string, IReadOnlyList<object?>> before)
    {
        var proxy = Create<IStore, WatchedStore>();
        ((WatchedStore)(object)proxy)._store = store;
        ((WatchedStore)(object)proxy)._before = before;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        _before(targetMethod!.Name, args ?? []);
        return targetMethod.Invoke(_store, args);
    }
}
