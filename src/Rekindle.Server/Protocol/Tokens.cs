using System.Buffers;

namespace Rekindle.Server.Protocol;

/// <summary>Which names can be those of headers: tokens of RFC 9110, section 5.6.2.</summary>
internal static class Tokens
{
    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    public static bool IsOne(string name) => name.Length > 0 && !name.AsSpan().ContainsAnyExcept(Allowed);
}
