using System.Text.Json;

namespace Rekindle.Server.Executors;

/// <summary>A user's script in place of an image's program.</summary>
/// <param name="Program">File name inside the code.</param>
/// <param name="SubmitDirectory">URI of an archive or a folder with the code; an absolute path is a folder too.</param>
/// <param name="HyperParameters">Those that are the script's: the platform's own are taken out.</param>
internal sealed record ScriptMode(string Program, string SubmitDirectory, IReadOnlyDictionary<string, string> HyperParameters)
{
    private const string PlatformPrefix = "sagemaker_";
    private const string ObjectiveMetric = "_tuning_objective_metric";

    /// <summary>The file of the code that lists what pip is to install.</summary>
    public const string Requirements = "requirements.txt";

    // In a folder of the training job's own: the machine's packages stay as they are. What the interpreter has already is not installed again.
    // In a virtual environment there is no folder beside its own, and pip says itself what it can't do.
    private const string InstallAndRun =
        """
        import os, subprocess, sys
        requirements, command = sys.argv[1], sys.argv[2:]
        if sys.prefix == sys.base_prefix:
            os.environ["PYTHONUSERBASE"] = os.path.join(os.path.dirname(requirements), ".python")
            options = {"PIP_USER": "1", "PIP_BREAK_SYSTEM_PACKAGES": "1"}
        else:
            options = {}
        environment = dict(os.environ, PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1", PIP_ROOT_USER_ACTION="ignore", PIP_NO_CACHE_DIR="1", **options)
        failed = subprocess.call([sys.executable, "-m", "pip", "install", "-r", requirements], env=environment, stdin=subprocess.DEVNULL)
        if failed:
            with open(os.path.join(os.environ["REKINDLE_OPT_ML"], "output", "failure"), "w") as failure:
                failure.write("InstallRequirementsError: pip could not install what requirements.txt lists; the log says why.")
            sys.exit(failed)
        os.execv(sys.executable, [sys.executable, *command])
        """;

    /// <summary>Null when the hyperparameters name no script.</summary>
    public static ScriptMode? Find(IReadOnlyDictionary<string, string> hyperParameters) =>
        hyperParameters.TryGetValue("sagemaker_program", out var program)
        && hyperParameters.TryGetValue("sagemaker_submit_directory", out var folder)
            ? new ScriptMode(DecodeText(program), DecodeText(folder), OwnHyperParameters(hyperParameters))
            : null;

    /// <summary>The hyperparameters that are meant for the program, not for the platform.</summary>
    public static IReadOnlyDictionary<string, string> OwnHyperParameters(IReadOnlyDictionary<string, string> hyperParameters) =>
        hyperParameters
            .Where(pair => !pair.Key.StartsWith(PlatformPrefix, StringComparison.Ordinal) && pair.Key != ObjectiveMetric)
            .ToDictionary(StringComparer.Ordinal);

    /// <summary><c>--name value</c> in order of the names (<c>-n value</c> for names of one letter), each value as Python prints what its JSON says.</summary>
    public IReadOnlyList<string> Arguments()
    {
        var arguments = new List<string>();
        foreach (var (name, value) in HyperParameters.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            arguments.Add((name.Length > 1 ? "--" : "-") + name);
            arguments.Add(PythonText.OfJson(value));
        }

        return arguments;
    }

    /// <summary>The command that runs the script.</summary>
    /// <param name="code">The folder that holds it, as the program sees it.</param>
    /// <param name="python">The interpreter.</param>
    /// <param name="requirements">Whether the code lists packages that are to be there first.</param>
    public IReadOnlyList<string> Command(string code, string python = "python3", bool requirements = false)
    {
        var script = Path.Combine(code, Program);
        if (Program.EndsWith(".sh", StringComparison.Ordinal)) return ["/bin/sh", script, .. Arguments()];
        return requirements ? [python, "-c", InstallAndRun, Path.Combine(code, Requirements), script, .. Arguments()] : [python, script, .. Arguments()];
    }

    private static string DecodeText(string value)
    {
        try
        {
            using var document = JsonDocument.Parse(value);
            return document.RootElement.ValueKind == JsonValueKind.String ? document.RootElement.GetString()! : value;
        }
        catch (JsonException)
        {
            return value;
        }
    }
}
