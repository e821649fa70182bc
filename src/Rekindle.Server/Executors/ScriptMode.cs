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

    /// <summary>The command that runs the script from the folder <paramref name="code"/>.</summary>
    public IReadOnlyList<string> Command(string code)
    {
        var script = Path.Combine(code, Program);
        return Program.EndsWith(".sh", StringComparison.Ordinal) ? ["/bin/sh", script, .. Arguments()] : ["python3", script, .. Arguments()];
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
