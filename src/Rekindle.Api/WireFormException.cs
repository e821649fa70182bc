using System.Text.Json;

namespace Rekindle.Api;

/// <summary>A converter's complaint about a value's form; the serializer adds the path.</summary>
internal sealed class WireFormException() : JsonException(message: null);
