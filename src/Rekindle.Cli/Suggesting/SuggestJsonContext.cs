using System.Text.Json.Serialization;

namespace Rekindle.Cli.Suggesting;

[JsonSerializable(typeof(WarmStartFile))]
internal sealed partial class SuggestJsonContext : JsonSerializerContext;
