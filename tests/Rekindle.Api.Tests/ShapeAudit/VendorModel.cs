using System.Text.Json;

namespace Rekindle.Api.Tests.ShapeAudit;

/// <summary>
/// What a client library of AWS knows about the API. Each member has facts, such as <c>type list of Tag</c>, <c>required</c>,
/// <c>length at most 50</c>, <c>item pattern .*</c>.
/// </summary>
/// <param name="Version">Version of the library.</param>
/// <param name="Operations">Names of the request's and the answer's shape; null for none.</param>
/// <param name="Shapes">Facts by shape and member.</param>
internal sealed record VendorModel(
    string Version,
    Dictionary<string, string?[]> Operations,
    Dictionary<string, Dictionary<string, string[]>> Shapes)
{
    private static readonly JsonSerializerOptions Names = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static VendorModel Parse(string json) => JsonSerializer.Deserialize<VendorModel>(json, Names)!;
}
