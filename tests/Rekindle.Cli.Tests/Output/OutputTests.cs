using Rekindle.Cli.Commands;
using Rekindle.Cli.Output;
using Spectre.Console.Testing;

namespace Rekindle.Cli.Tests.Output;

public sealed class OutputTests
{
    [Fact]
    public void Names_are_abbreviated_by_their_words_and_stay_different() =>
        Assert.Equal(
            ["lr", "mom", "wd", "mbs", "x", "layrat", "b1", "bet1x", "mo", "mm"],
            ShortNames.Of(
                ["learning_rate", "momentum", "weight_decay", "mini_batch_size", "x", "layer_ratio", "beta_1", "beta_1x", "mo", "momentum_mode"]));

    [Fact]
    public void Blanks_at_the_ends_of_lines_are_left_out_and_no_others()
    {
        using var output = new StringWriter();
        using (var trimmed = new TrimmedLines(output))
        {
            trimmed.Write("  a  b   \n");
            trimmed.Write("c  ");
            trimmed.Write(" d \r\n   \n e ");
            trimmed.Flush();
        }

        Assert.Equal("  a  b\nc   d\r\n\n e", output.ToString());
    }

    [Fact]
    public async Task A_folder_of_the_demo_that_cannot_be_removed_is_a_note()
    {
        await using var errors = new StringWriter();
        using var console = new TestConsole();
        var shell = new Shell
        {
            In = TextReader.Null,
            Out = TextWriter.Null,
            Error = errors,
            Console = console,
            Variable = _ => null,
            Clock = TimeProvider.System,
        };

        await DemoCommand.CleanUpAsync(shell, "/gone", () => throw new DirectoryNotFoundException());
        Assert.Empty(errors.ToString());
        await DemoCommand.CleanUpAsync(shell, "/full", () => throw new IOException("Directory not empty."));

        Assert.Equal("note: The demo's folder /full could not be removed: Directory not empty.", errors.ToString().TrimEnd());
    }
}
