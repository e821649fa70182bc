using System.Globalization;
using System.Runtime.InteropServices;
using Rekindle.Algorithms.Networks;
using Rekindle.Algorithms.Rules;
using Rekindle.Algorithms.Tabular;

namespace Rekindle.Algorithms.LightGbm;

/// <summary>A whole training of LightGBM under the container contract, with the native library in this process.</summary>
/// <param name="algorithm">The repository name of the image.</param>
/// <param name="folders">The tree of the training job.</param>
/// <param name="output">Takes the log.</param>
/// <param name="threads">How many threads to use when <c>num_threads</c> does not say.</param>
internal sealed class LightGbmTraining(string algorithm, OptMl folders, TextWriter output, int threads)
{
    public const string ModelFile = "model.txt";
    private const double ValidationShare = 0.2;

    /// <summary>Returns when the training is over; when cancelled, with the model so far saved.</summary>
    /// <exception cref="ClientErrorException">The hyperparameters or the data are at fault.</exception>
    public void Run(CancellationToken cancellation)
    {
        var given = folders.ReadHyperparameters(cancellation);
        var values = LightGbmRules.Read(given);
        var channels = new TabularChannels(algorithm, folders, cancellation);
        var (train, others) = channels.Read(weighted: false, "validation");
        var task = LightGbmTask.Find(algorithm, values, train, given.GetValueOrDefault("_tuning_objective_metric"));
        if (others[0] is not { } validation)
        {
            (train, validation) = Split(train, values.Whole("seed"));
            Write(string.Create(CultureInfo.InvariantCulture, $"There is no channel 'validation': {validation.Rows} rows of 'train' are held out for it."));
        }

        task.CheckValidation(validation);
        Write(string.Create(
            CultureInfo.InvariantCulture, $"Training on {train.Rows} rows, validating on {validation.Rows}, {train.Columns} features, objective {task.Objective}"));
        try
        {
            Train(values, task, train, validation, cancellation);
        }
        catch (DllNotFoundException error)
        {
            throw new ClientErrorException(
                $"lightgbm has no native library for this machine ({RuntimeInformation.RuntimeIdentifier}): the one that comes along is for 64-bit Intel Linux and needs "
                + "libgomp (Debian: apt-get install libgomp1); another lib_lightgbm.so is found through LD_LIBRARY_PATH.",
                error);
        }
    }

    private void Train(HyperparameterValues values, LightGbmTask task, Table train, Table validation, CancellationToken cancellation)
    {
        Native.LogToConsole();
        var parameters = Parameters(values, task);
        using var rows = Load(train, parameters, reference: 0);
        using var held = Load(validation, parameters, rows.DangerousGetHandle());
        Native.Check(Native.BoosterCreate(rows, parameters, out var created));
        using var booster = created;
        Native.Check(Native.BoosterAddValidData(booster, held));
        var names = Native.MetricNames(booster);
        var scores = new double[names.Count];
        var judged = Math.Max(0, names.ToList().IndexOf(task.Metrics[^1]));
        // A dart changes earlier trees, so the best round can't be had back.
        var patience = values.Text("boosting") == "dart" ? 0 : Math.Max(0, values.Whole("early_stopping_rounds"));
        var (done, best, bestRound) = (0, double.NaN, 0);
        for (; done < values.Whole("num_boost_round") && !cancellation.IsCancellationRequested; done++)
        {
            Native.Check(Native.BoosterUpdateOneIter(booster, out var isFinished));
            if (isFinished != 0)
            {
                Write("Stopping: no leaf can be split any more.");
                // LightGBM adds a tree without a split then; its scores are still those of the round.
                Evaluate(done + 1);
                done++;
                break;
            }

            Evaluate(done + 1);
            if (patience > 0 && done + 1 - bestRound >= patience)
            {
                Write($"Stopping: no improvement for {patience} rounds.");
                done++;
                break;
            }
        }

        if (done == 0) return;
        Save(booster, patience > 0 ? bestRound : done);
        if (cancellation.IsCancellationRequested) Write("Asked to stop: the model so far is saved.");

        void Evaluate(int round)
        {
            Native.Check(Native.BoosterGetEval(booster, 1, out _, scores));
            Write(string.Create(
                CultureInfo.InvariantCulture, $"[{round}]\t{string.Join('\t', names.Select((name, i) => $"valid_0's {name}: {Text(scores[i])}"))}"));
            var score = scores[judged];
            if (bestRound == 0 || (LightGbmRules.IsMaximized(names[judged]) ? score > best : score < best)) (best, bestRound) = (score, round);
        }
    }

    /// <summary>The library's parameters. The last four make a training repeat itself, whatever the machine.</summary>
    private string Parameters(HyperparameterValues values, LightGbmTask task)
    {
        var chosen = values.Whole("num_threads");
        var own = LightGbmRules.Set.Rules
            .Where(rule => !LightGbmRules.OwnNames.Contains(rule.Name) && (rule.Name != "scale_pos_weight" || values.IsGiven(rule.Name)))
            .Select(rule => $"{rule.Name}={values.Text(rule.Name)}");
        return string.Join(' ', [
            .. own, $"objective={task.Objective}", $"metric={string.Join(',', task.Metrics)}", $"num_class={task.Classes}",
            $"num_threads={(chosen > 0 ? chosen : threads)}", "deterministic=true", "force_row_wise=true",
        ]);
    }

    private static Dataset Load(Table table, string parameters, nint reference)
    {
        Native.Check(Native.DatasetCreateFromMat(
            table.Features, Native.Float32, table.Rows, table.Columns, isRowMajor: 1, parameters, reference, out var dataset));
        Native.Check(Native.DatasetSetField(dataset, "label", table.Labels, table.Rows, Native.Float32));
        if (table.Weights is { } weights) Native.Check(Native.DatasetSetField(dataset, "weight", weights, table.Rows, Native.Float32));
        return dataset;
    }

    private static (Table Train, Table Validation) Split(Table table, int seed)
    {
        var held = (int)(table.Rows * ValidationShare);
        if (held == 0)
            throw new ClientErrorException($"There is no channel 'validation', and the {table.Rows} row(s) of 'train' are too few to hold a fifth of them out.");
        var order = Enumerable.Range(0, table.Rows).ToArray();
        new RandomSource(seed).Shuffle(order);
        return (table.Selected(order.AsSpan(held)), table.Selected(order.AsSpan(0, held)));
    }

    // A kill in the middle leaves no half model.
    private void Save(Booster booster, int rounds)
    {
        Directory.CreateDirectory(folders.Model);
        var target = Path.Combine(folders.Model, ModelFile);
        Native.Check(Native.BoosterSaveModel(booster, start: 0, rounds, importance: 0, target + ".part"));
        File.Move(target + ".part", target, overwrite: true);
    }

    // SageMaker's expressions for these metrics read no exponent.
    private static string Text(double value) =>
        double.IsFinite(value) ? value.ToString("0.################", CultureInfo.InvariantCulture) : "nan";

    private void Write(string line)
    {
        output.WriteLine(line);
        // The tuning service reads along.
        output.Flush();
    }
}
