using System.Text;

namespace Rekindle.Feeder;

/// <summary>Where the server finds out why feeding has stopped. The first reason stays.</summary>
internal sealed class FailureNote(string folder)
{
    /// <summary>Runs something that ends only by failing.</summary>
    public void Watch(Action feed)
    {
        try
        {
            feed();
        }
        catch (FeedException problem)
        {
            Write(FeedFiles.DataAtFault, problem.Message);
        }
        catch (Exception problem)
        {
            Write(FeedFiles.MachineAtFault, problem is IOException ? problem.Message : problem.ToString());
        }
    }

    public void Write(string whoseFault, string reason)
    {
        var draft = Path.Combine(folder, $"{FeedFiles.Failure}.{Guid.NewGuid():N}");
        try
        {
            File.WriteAllText(draft, $"{whoseFault}\n{reason}", new UTF8Encoding(false));
            File.Move(draft, Path.Combine(folder, FeedFiles.Failure), overwrite: false);
        }
        catch (IOException) when (File.Exists(Path.Combine(folder, FeedFiles.Failure)))
        {
            File.Delete(draft);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException && ExecutionEnd.IsIn(folder))
        {
            // Nobody waits for it any more. In any other case the process ends with the exception, which the server notices.
        }
    }
}
