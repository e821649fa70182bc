using System.Reflection;

namespace Rekindle.Cli.Tests;

public sealed class BuiltInProgramsTests
{
    [Fact]
    public void Every_repository_name_of_a_built_in_algorithm_has_its_program_beside_this_one()
    {
        // Both the server and the programs have the table of algorithms, so its type can't be named here.
        var table = Assembly.Load("rekindle-algorithms").GetType("Rekindle.Algorithms.BuiltInAlgorithms", throwOnError: true)!;
        var all = (IEnumerable<object>)table.GetProperty("All")!.GetValue(null)!;
        var names = all.SelectMany(algorithm => (IEnumerable<string>)algorithm.GetType().GetProperty("Names")!.GetValue(algorithm)!).ToList();

        Assert.Equal(names.Order(), BuiltInPrograms.Commands.Keys.Order());
        Assert.All(BuiltInPrograms.Commands.Values, command => Assert.True(File.Exists(command[1]), command[1]));
        Assert.True(File.Exists(Path.Combine(AppContext.BaseDirectory, "python", "xgboost_train.py")));
        Assert.True(File.Exists(Path.Combine(AppContext.BaseDirectory, "lib_lightgbm.so")));
    }
}
