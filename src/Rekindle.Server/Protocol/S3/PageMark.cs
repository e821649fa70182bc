using System.Buffers.Text;
using System.Text;

namespace Rekindle.Server.Protocol.S3;

/// <summary>A continuation token: the last entry of a page, in letters that pass everywhere.</summary>
internal static class PageMark
{
    public static string Write(string last) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(last));

    /// <exception cref="S3Refusal">It is none.</exception>
    public static string Read(string token) => token.Length <= 4096 && Base64Url.IsValid(token)
        ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token))
        : throw new S3Refusal(S3Code.InvalidArgument, "The continuation token provided is incorrect");
}
