using System.IO.Enumeration;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Executors.Local;

/// <summary>The program that a training image stands for on this machine.</summary>
/// <param name="Command">The program and its arguments. Empty in script mode, whose command is known when the code is unpacked.</param>
/// <param name="Script">The user's script, in script mode.</param>
internal sealed record LocalImage(IReadOnlyList<string> Command, ScriptMode? Script)
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

        var repository = RepositoryName(definition.Image);
        if (options.BuiltIns.TryGetValue(repository, out var builtIn)) return new LocalImage([.. builtIn, .. arguments], null);
        if (Frameworks.Contains(repository) && ScriptMode.Find(hyperParameters) is { } script) return new LocalImage([], script);
        throw new ExecutionRefusedException(NoneFits(options, definition.Image, repository));
    }

    /// <summary>The last part of the path without tag and digest: <c>image-classification</c> of <c>1.dkr.ecr.us-east-1.amazonaws.com/image-classification:1</c>.</summary>
    public static string RepositoryName(string image)
    {
        var digest = image.IndexOf('@', StringComparison.Ordinal);
        var name = digest < 0 ? image : image[..digest];
        name = name[(name.LastIndexOf('/') + 1)..];
        var tag = name.IndexOf(':', StringComparison.Ordinal);
        return tag < 0 ? name : name[..tag];
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
        return image.StartsWith("file://", StringComparison.Ordinal) && Uri.TryCreate(image, UriKind.Absolute, out var uri) && uri.Host.Length == 0
            ? Path.GetFullPath(uri.LocalPath)
            : null;
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
