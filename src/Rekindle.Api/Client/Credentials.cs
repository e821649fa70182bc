namespace Rekindle.Api.Client;

/// <summary>An AWS access key. Its text never shows the secret parts.</summary>
/// <param name="AccessKeyId">Public name of the key.</param>
/// <param name="SecretAccessKey">The secret; only derivatives of it leave the process.</param>
/// <param name="SessionToken">Sent along with temporary keys.</param>
public sealed record Credentials(string AccessKeyId, string SecretAccessKey, string? SessionToken = null)
{
    /// <summary>For servers that check no signature: they still read the region from it.</summary>
    internal static Credentials Anonymous { get; } = new("anonymous", "anonymous");

    /// <inheritdoc/>
    public override string ToString() => $"Credentials {{ AccessKeyId = {AccessKeyId} }}";
}
