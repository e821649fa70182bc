using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using Rekindle.Server.Operations;
using Rekindle.Server.Storage;
using Rekindle.Server.Tests.Storage.Contract;

namespace Rekindle.Server.Tests.Importing;

/// <summary>What is exported can be imported, and the export of that is the same text.</summary>
public sealed class ExportTests : IAsyncLifetime
{
    private static readonly RequestContext Context = new("us-east-1", "000000000000");

    private static readonly double[] Extremes =
        [-0.0, 0.0, 5e-324, -5e-324, 2.2250738585072009e-308, 1e308, double.MaxValue, double.MinValue, 0.1 + 0.2];

    private static readonly Gen<double> AnyFinite = Gen.Frequency(
        (1, Gen.Int[0, Extremes.Length - 1].Select(i => Extremes[i])),
        (3, Gen.Double.Where(double.IsFinite)));

    private readonly string _folder = Directory.CreateTempSubdirectory("rekindle-export-").FullName;
    private SqlStore _store = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _store = SqlStore.Open(Path.Combine(_folder, "rekindle.db"), TimeProvider.System, NullLogger.Instance);
        await _store.MigrateAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task An_export_keeps_what_nobody_knows_and_is_the_same_after_an_import()
    {
        await ImportAsync(Encoding.UTF8.GetBytes(Dumps.Real().ToJsonString()));
        var export = await ExportAsync(Dumps.RealName);

        var document = JsonNode.Parse(export)!;
        // Numbers digit for digit, texts as they were, moments nobody knows of untouched.
        Assert.Contains("""{"Nested":[1.50,"é""", export, StringComparison.Ordinal);
        Assert.Contains(""""At":"2020-03-26T14:30:00Z"}"""", export, StringComparison.Ordinal);
        Assert.Contains("""{"Cost":0.10}""", export, StringComparison.Ordinal);
        Assert.Contains(""""CreationTime":1585229400.123,"HyperParameterTuningEndTime":1585232100.123,"""", export, StringComparison.Ordinal);
        Assert.Null(document["TuningJob"]!["ResponseMetadata"]);
        Assert.Equal(["team", "env"], document["Tags"]!.AsArray().Select(tag => tag!["Key"]!.GetValue<string>()));
        Assert.Equal(export, await AgainAsync(Dumps.RealName, export));
    }

    [Fact]
    public Task Any_tuning_job_is_exported_the_same_after_an_import_to_the_last_bit() => Gen.Select(
        AnyFinite.Array[0, 12], Gen.Int[0, 3].Array[12], Gen.String[Gen.Char.AlphaNumeric, 1, 20], Gen.Int[0, 1])
        .SampleAsync(
            async (values, endings, text, form) =>
            {
                var dump = Dumps.Small("generated", values);
                for (var i = 0; i < values.Length; i++)
                {
                    var job = dump["TrainingJobs"]![i]!;
                    job["TunedHyperParameters"]!["note"] = text;
                    job["TrainingJobStatus"] = endings[i] switch { 0 => "Failed", 1 => "Stopped", _ => "Completed" };
                    if (endings[i] == 0)
                    {
                        job.AsObject().Remove("FinalHyperParameterTuningJobObjectiveMetric");
                        job["ObjectiveStatus"] = "Failed";
                    }

                    job["CreationTime"] = form == 0 ? 1.75e9 + i / 1000.0 : $"2025-06-15T17:06:{i:00}.123456+02:00";
                }

                await ImportAsync(Encoding.UTF8.GetBytes(dump.ToJsonString()));
                var export = await ExportAsync("generated");
                Assert.Equal(Bits(dump), Bits(JsonNode.Parse(export)!));
                Assert.Equal(export, await AgainAsync("generated", export));
                await DeleteAsync("generated");
            },
            seed: "0N0XIzNsQ0O2",
            iter: 100,
            threads: 1);

    [Fact]
    public async Task A_tuning_job_that_ran_here_keeps_every_bit_although_Describe_rounds()
    {
        var values = new[] { 0.1 + 0.2, -0.0, 5e-324, 1e308 };
        await RunHereAsync("native", values);

        var export = await ExportAsync("native");

        var exported = JsonNode.Parse(export)!;
        Assert.Equal(values.Select(BitConverter.DoubleToInt64Bits), Bits(exported));
        Assert.Equal("native-4", exported["TuningJob"]!["BestTrainingJob"]!["TrainingJobName"]!.GetValue<string>());
        Assert.Equal(1e308, exported["TuningJob"]!["BestTrainingJob"]!["FinalHyperParameterTuningJobObjectiveMetric"]!["Value"]!.GetValue<double>());
        Assert.Equal(export, await AgainAsync("native", export));
    }

    [Fact]
    public async Task An_export_does_not_depend_on_the_culture()
    {
        await RunHereAsync("native", [0.5]);
        var before = await ExportAsync("native");
        var culture = CultureInfo.CurrentCulture;
        try
        {
            // As in German; the program itself may run without the data of any culture.
            var german = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            (german.NumberFormat.NumberDecimalSeparator, german.NumberFormat.NumberGroupSeparator) = (",", ".");
            CultureInfo.CurrentCulture = german;
            Assert.Equal(before, await ExportAsync("native"));
            Assert.Equal(before, await AgainAsync("native", before));
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public async Task A_thousand_training_jobs_fit_into_one_request()
    {
        var dump = Dumps.Small("thousand", [.. Enumerable.Range(1, 1000).Select(i => i / 7.0)]);
        foreach (var job in dump["TrainingJobs"]!.AsArray())
        {
            job!["FailureReason"] = new string('x', 1024);
            foreach (var i in Enumerable.Range(0, 29))
            {
                job["TunedHyperParameters"]![$"hyperparameter-{i}"] = "0.123456789012345678";
            }
        }

        var body = Encoding.UTF8.GetBytes(dump.ToJsonString());
        Assert.InRange(body.Length, 0, 16 * 1024 * 1024);
        await ImportAsync(body);

        Assert.Equal(1000, JsonNode.Parse(await ExportAsync("thousand"))!["TrainingJobs"]!.AsArray().Count);
    }

    private static List<long> Bits(JsonNode dump) =>
    [
        .. from job in dump["TrainingJobs"]!.AsArray()
           let value = job["FinalHyperParameterTuningJobObjectiveMetric"]?["Value"]
           where value is not null
           select BitConverter.DoubleToInt64Bits(value.GetValue<double>()),
    ];

    /// <summary>Deletes a tuning job, imports its export and exports that.</summary>
    private async Task<string> AgainAsync(string name, string export)
    {
        await DeleteAsync(name);
        await ImportAsync(Encoding.UTF8.GetBytes(export));
        return await ExportAsync(name);
    }

    private async Task DeleteAsync(string name) =>
        Assert.NotNull(await _store.DeleteTuningJobAsync(name, DateTimeOffset.UnixEpoch, Cancellation));

    private Task<byte[]> ImportAsync(byte[] dump) => new ImportTuningJob(_store, TimeProvider.System).InvokeAsync(dump, Context, Cancellation);

    private async Task<string> ExportAsync(string name) => Encoding.UTF8.GetString(await new ExportTuningJob(_store, TimeProvider.System).InvokeAsync(
        Encoding.UTF8.GetBytes($$"""{"HyperParameterTuningJobName":"{{name}}"}"""), Context, Cancellation));

    /// <summary>A tuning job with rows as the drivers write them.</summary>
    private async Task RunHereAsync(string name, double[] values)
    {
        var start = new DateTimeOffset(2026, 3, 1, 12, 0, 0, 1, TimeSpan.Zero);
        var description = new JsonObject
        {
            ["HyperParameterTuningJobConfig"] = Dumps.Small(name)["TuningJob"]!["HyperParameterTuningJobConfig"]!.DeepClone(),
            ["TrainingJobDefinition"] = Dumps.Definition(),
        };
        await _store.CreateTuningJobAsync(
            Samples.TuningJob(name, start) with { Description = description.ToJsonString(), Tags = [new Tag("team", "a")] }, Cancellation);
        var lease = Assert.Single(await _store.ClaimAsync("owner", TimeSpan.FromMinutes(1), Cancellation));
        for (var i = 0; i < values.Length; i++)
        {
            var add = Samples.Launch(lease.Id, i + 1, start.AddSeconds(i)) with
            {
                Name = $"{name}-{i + 1}",
                Arn = Samples.TrainingJobArn($"{name}-{i + 1}"),
            };
            Assert.True(await _store.CommitAsync(lease, [add], Cancellation));
            var job = await _store.FindTrainingJobAsync(add.Name, Cancellation);
            Assert.True(await _store.CommitAsync(
                lease, [new Change.SetTrainingProgress(job!.Id, Samples.Completed(values[i], start.AddMinutes(i)), [])], Cancellation));
        }

        Assert.True(await _store.CommitAsync(
            lease, [new Change.FinishTuning(Server.TuningJobs.TuningJobStatus.Completed, null, start.AddHours(1))], Cancellation));
    }
}
