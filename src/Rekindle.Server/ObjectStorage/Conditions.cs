namespace Rekindle.Server.ObjectStorage;

/// <summary>What must be true of an object for it to be replaced or deleted. Tags stand without quotes; <c>*</c> is any.</summary>
internal sealed record WriteCondition(IReadOnlyList<string>? IfMatch, IReadOnlyList<string>? IfNoneMatch)
{
    public static WriteCondition None { get; } = new(null, null);

    /// <exception cref="StorageRefusedException">It is not true.</exception>
    public void Check(StoredObject? current)
    {
        if (IfMatch is not null && current is null) throw StorageRefusedException.NoSuchKey();
        if ((IfMatch is not null && !Fits(IfMatch, current)) || (IfNoneMatch is not null && Fits(IfNoneMatch, current))) throw Failed();
    }

    public static bool Fits(IReadOnlyList<string> tags, StoredObject? current) =>
        current is not null && tags.Any(tag => tag == "*" || tag == current.ETag);

    public static StorageRefusedException Failed() =>
        new(StorageProblem.PreconditionFailed, "At least one of the pre-conditions you specified did not hold");
}
