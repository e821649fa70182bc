using Rekindle.Server.Executors;

namespace Rekindle.Cli;

/// <summary>The built-in training programs, which lie beside this program and run as processes of their own.</summary>
internal static class BuiltInPrograms
{
    private const string Program = "rekindle-algorithms.dll";

    /// <summary>Repository name of the training image to the command that runs it.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Commands { get; } = new Dictionary<string, IReadOnlyList<string>>
    {
        ["image-classification"] = Command("image-classification"),
        ["lightgbm"] = Command("lightgbm"),
        ["lightgbm-classification-model"] = Command("lightgbm-classification-model"),
        ["lightgbm-regression-model"] = Command("lightgbm-regression-model"),
        ["linear-learner"] = Command("linear-learner"),
        ["sagemaker-xgboost"] = Command("xgboost"),
        ["xgboost"] = Command("xgboost"),
    };

    private static string[] Command(string algorithm) => [DotnetHost.Path, Path.Combine(AppContext.BaseDirectory, Program), algorithm];
}
