using Spectre.Console;

namespace Rekindle.Cli.Output;

/// <summary>The colour of a state. The word is always there too, for those who see no colours.</summary>
internal static class StatusStyle
{
    public static Style Of(string? status) => status switch
    {
        "Completed" => new Style(Color.Green),
        "Failed" or "DeleteFailed" => new Style(Color.Red),
        "InProgress" => new Style(Color.Blue),
        "Stopped" or "Stopping" => new Style(Color.Yellow),
        _ => Style.Plain,
    };

    /// <summary>Whether a job in this state will never change it.</summary>
    public static bool IsTerminal(string? status) => status is "Completed" or "Failed" or "Stopped" or "DeleteFailed";
}
