namespace Rekindle.Server;

/// <summary>What a key is good for; each includes those before it.</summary>
public enum AccessScope
{
    /// <summary>Looking: descriptions, lists, searches, logs, objects.</summary>
    Read,

    /// <summary>Working: creating and stopping jobs, tags, writing and deleting objects.</summary>
    Run,

    /// <summary>Everything: deleting jobs and buckets, importing.</summary>
    Admin,
}

/// <summary>A key with which requests are signed.</summary>
/// <param name="Secret">What only its bearer and this server know. It is in no text that is made of the key.</param>
/// <param name="Name">Whose it is: the name in ARNs of the caller.</param>
/// <param name="Scope">What it is good for.</param>
public sealed record AccessKey(string Secret, string Name, AccessScope Scope)
{
    /// <summary>The file that the secret was read from; null when it stands in the settings.</summary>
    public string? SecretFile { get; init; }

    /// <summary>How many requests of it are taken a second, and at once after a pause; above 0. Null for as many as come.</summary>
    public double? RequestsPerSecond { get; init; }

    /// <summary>Whether the key is good for what needs this scope.</summary>
    public bool Allows(AccessScope needed) => Scope >= needed;

    /// <summary>Without the secret, whoever prints it.</summary>
    public override string ToString() => $"{Name} ({ScopeWord(Scope)})";

    /// <summary>
    /// The bearer's ARN: an assumed role, since clients that look for their role find it in such a one only.
    /// </summary>
    internal string ArnIn(string account) => $"arn:aws:sts::{account}:assumed-role/rekindle/{Name}";

    /// <summary>AWS's sentence for what this key is not good for, and the reason.</summary>
    /// <param name="account">The server's account.</param>
    /// <param name="action">The operation, such as <c>sagemaker:CreateTrainingJob</c>.</param>
    /// <param name="needed">The scope it needs.</param>
    internal string Denial(string account, string action, AccessScope needed) =>
        $"User: {ArnIn(account)} is not authorized to perform: {action} because the scope of the access key is '{ScopeWord(Scope)}' and this needs '{ScopeWord(needed)}'";

    private static string ScopeWord(AccessScope scope) => scope.ToString().ToLowerInvariant();
}
