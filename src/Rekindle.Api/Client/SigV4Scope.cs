namespace Rekindle.Api.Client;

/// <summary>What a signing key is good for.</summary>
/// <param name="Date">Day as <c>yyyyMMdd</c>, UTC.</param>
/// <param name="Region">Region, such as <c>us-east-1</c>.</param>
/// <param name="Service">Signing name, <c>sagemaker</c> for this API.</param>
public sealed record SigV4Scope(string Date, string Region, string Service)
{
    /// <summary>Last part of every scope.</summary>
    public const string Terminator = "aws4_request";

    /// <summary>The scope as it stands in the string to sign and in the Authorization header.</summary>
    public override string ToString() => $"{Date}/{Region}/{Service}/{Terminator}";
}
