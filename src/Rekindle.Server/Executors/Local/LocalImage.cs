using System.IO.Enumeration;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Executors.Local;

/// <summary>The program that a training image stands for on this machine.</summary>
/// <param name="Command">The program and its arguments. Empty in script mode, whose command is known when the code is unpacked.</param>
/// <param name="Script">The user's script, in script mode.</param>
/// <param name="IsBuiltIn">Whether it is one of the algorithms that come along.</param>
internal sealed record LocalImage(IReadOnlyList<string> Command, ScriptMode? Script, bool IsBuiltIn = false)
{
    private static readonly HashSet<string> Frameworks = new(StringComparer.Ordinal)
    {
        "sagemaker-scikit-learn", "sagemaker-xgboost", "sagemaker-pytorch", "sagemaker-pytorch-training", "pytorch-training",
        "pytorch-training-neuronx", "sagemaker-tensorflow", "sagemaker-tensorflow-scriptmode", "tensorflow-training",
        "huggingface-pytorch-training", "huggingface-tensorflow-training", "huggingface-pytorch-trcomp-training",
        "sagemaker-mxnet", "mxnet-training", "sagemaker-chainer", "autogluon-training", "sagemaker-base-python",
    };

    /// <summary>
    /// Finds the program, in this order: a configured command, an executable file, a built-in algorithm, script mode. The entry point of
    /// a plain training job replaces all of them.
    /// </summary>
    /// <exception cref="ExecutionRefusedException">None fits, or the one that fits can't be run.</exception>
    public static LocalImage Resolve(
        LocalExecutorOptions options, TrainingDefinition definition, IReadOnlyDictionary<string, string> hyperParameters)
    {
        // No process can be started with one, and the system's calls would take the text before it for the whole.
        if (definition.Image.Contains('\0', StringComparison.Ordinal)) throw new ExecutionRefusedException("The name of the training image holds a zero character.");
        if ((definition.Entrypoint ?? []).Concat(definition.Arguments ?? []).Any(part => part.Contains('\0', StringComparison.Ordinal)))
        {
            throw new ExecutionRefusedException("ContainerEntrypoint or ContainerArguments hold a zero character.");
        }

        if (definition.Entrypoint is { Count: > 0 } entrypoint)
        {
            if (Executables.Find(entrypoint[0]) is null)
            {
                throw new ExecutionRefusedException($"The program \"{entrypoint[0]}\" of ContainerEntrypoint was not found on this machine.");
            }

            return new LocalImage([.. entrypoint, .. definition.Arguments ?? []], null);
        }

        var arguments = definition.Arguments ?? ["train"];
        if (FindConfigured(options.Images, definition.Image) is { } configured)
        {
            return configured.Count > 0 && Executables.Find(configured[0]) is not null
                ? new LocalImage([.. configured, .. arguments], null)
                : throw new ExecutionRefusedException(
                    $"The command configured for the training image \"{definition.Image}\" was not found: \"{(configured.Count > 0 ? configured[0] : "")}\".");
        }

        if (FilePath(definition.Image) is { } path)
        {
            return Executables.IsExecutable(path)
                ? new LocalImage([path, .. arguments], null)
                : throw new ExecutionRefusedException($"The training image \"{definition.Image}\" is no executable file of this machine.");
        }

        var repository = ImageName.RepositoryOf(definition.Image);
        var found = Frameworks.Contains(repository) ? ScriptMode.Find(hyperParameters) : null;
        // Some framework images, such as sagemaker-xgboost, are an algorithm as long as they are given no script.
        if (found is null && options.BuiltIns.TryGetValue(repository, out var builtIn)) return new LocalImage([.. builtIn, .. arguments], null, IsBuiltIn: true);
        if (found is { } script)
        {
            return script.Arguments().Append(script.Program).Append(script.SubmitDirectory).Any(part => part.Contains('\0', StringComparison.Ordinal))
                ? throw new ExecutionRefusedException("A hyperparameter holds a zero character, which no script can be given as an argument.")
                : new LocalImage([], script);
        }

        throw new ExecutionRefusedException(NoneFits(options, definition.Image, repository));
    }

    // The most particular pattern wins: the image's own name, then the longest.
    private static IReadOnlyList<string>? FindConfigured(IReadOnlyDictionary<string, IReadOnlyList<string>> images, string image) =>
        images.Where(entry => entry.Key == image || FileSystemName.MatchesSimpleExpression(entry.Key, image, ignoreCase: false))
            .OrderByDescending(entry => entry.Key == image)
            .ThenByDescending(entry => entry.Key.Length)
            .ThenBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => entry.Value)
            .FirstOrDefault();

    private static string? FilePath(string image)
    {
        if (image.StartsWith('/')) return Path.GetFullPath(image);
        if (!image.StartsWith("file://", StringComparison.Ordinal) || !Uri.TryCreate(image, UriKind.Absolute, out var uri) || uri.Host.Length > 0) return null;
        // The zero character may come encoded.
        return uri.LocalPath.Contains('\0', StringComparison.Ordinal)
            ? throw new ExecutionRefusedException($"The training image \"{image}\" is no executable file of this machine.")
            : Path.GetFullPath(uri.LocalPath);
    }

    private static string NoneFits(LocalExecutorOptions options, string image, string repository)
    {
        var builtIns = options.BuiltIns.Count == 0 ? "none here" : string.Join(", ", options.BuiltIns.Keys.Order(StringComparer.Ordinal));
        var script = Frameworks.Contains(repository)
            ? $"hyperparameters sagemaker_program and sagemaker_submit_directory for the framework image {repository}"
            : "a framework image such as pytorch-training with the hyperparameters sagemaker_program and sagemaker_submit_directory (script mode)";
        return $"The local executor can't run the training image \"{image}\". It takes: (1) an image that the setting Images maps to a command; "
            + $"(2) an absolute path or file:// URI of an executable file; (3) a built-in algorithm by repository name ({builtIns}); (4) {script}.";
    }
}
