namespace Rekindle.Server.Executors;

/// <summary>A line of those who wait, in which some come before others.</summary>
internal static class WaitingLine
{
    /// <summary>Adds an item before the first that it comes before, else at the end.</summary>
    public static LinkedListNode<T> AddBefore<T>(this LinkedList<T> line, T item, Func<T, bool> comesBefore)
    {
        for (var next = line.First; next is not null; next = next.Next)
        {
            if (comesBefore(next.Value)) return line.AddBefore(next, item);
        }

        return line.AddLast(item);
    }
}
