namespace Rekindle.Server.Storage;

/// <summary>
/// A row, or a column of it, does not hold what was written there: the database is damaged, or somebody edited it. The message is a
/// sentence that names it.
/// </summary>
internal sealed class UnreadableRowException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What <paramref name="read"/> gives; a complaint about data becomes one that says which.</summary>
    /// <param name="what">What is read, such as <c>the explanation of the training job</c>.</param>
    /// <param name="name">The job's name.</param>
    /// <param name="read">Reads it.</param>
    public static T Guard<T>(string what, string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception problem) when (IsOfData(problem))
        {
            throw Of($"{what} {name}", problem);
        }
    }

    /// <summary>That this can't be read.</summary>
    /// <param name="what">What, and whose.</param>
    /// <param name="problem">Why.</param>
    public static UnreadableRowException Of(string what, Exception problem) => new($"The database is damaged: {what} can't be read. {problem.Message}", problem);

    /// <summary>Whether a problem may come from what was read, and not from reading it.</summary>
    public static bool IsOfData(Exception problem) =>
        problem is System.Text.Json.JsonException or FormatException or ArgumentException or InvalidCastException or OverflowException
            or NotSupportedException or IndexOutOfRangeException or KeyNotFoundException or NullReferenceException;
}
