using System.Globalization;
using AskTell;
using Rekindle.Optimization;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var evaluations = args is [var first, ..] ? int.Parse(first, CultureInfo.InvariantCulture) : 20;
var digits = Digits.Load(Path.Combine(AppContext.BaseDirectory, "digits"));

// 1. Tune something real.
var space = new SearchSpace(
[
    new ContinuousParameter("learning_rate", 1e-4, 10, Scaling.Logarithmic),
    new ContinuousParameter("l2", 1e-7, 1, Scaling.Logarithmic),
    new IntegerParameter("batch_size", 8, 256),
    new CategoricalParameter("input", ["raw", "centred"]),
]);
var problem = new TuningProblem(space, Goal.Maximize, evaluations) { StaticHyperParameters = new Dictionary<string, string> { ["epochs"] = "3" } };
var tuner = new Tuner(problem, new TunerOptions { Seed = 1 });
while (tuner.Ask() is { } evaluation)
{
    tuner.Tell(evaluation, Classifier.Accuracy(digits, evaluation, epochs: 3));
}

Console.WriteLine($"one after the other   {tuner.Best}");

// 2. Two workers at once: each suggestion knows what the other worker evaluates.
var parallel = new Tuner(problem with { MaxParallel = 2 }, new TunerOptions { Seed = 2 });
await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
{
    while (parallel.Ask() is { } evaluation)
    {
        parallel.Tell(evaluation, Classifier.Accuracy(digits, evaluation, epochs: 3));
    }
})));
Console.WriteLine($"two workers           {parallel.Best}");

// 3. Save in the middle, go on later: what was under evaluation is handed out again.
var interrupted = new Tuner(problem, new TunerOptions { Seed = 3 });
for (var i = 0; i < evaluations / 2; i++)
{
    var evaluation = interrupted.Ask()!;
    interrupted.Tell(evaluation, Classifier.Accuracy(digits, evaluation, epochs: 3));
}

var file = Path.Combine(Path.GetTempPath(), $"ask-tell-{Environment.ProcessId}.json");
await using (var stream = File.Create(file))
{
    await interrupted.Save("first").WriteAsync(stream);
}

TuningRecord saved;
await using (var stream = File.OpenRead(file))
{
    saved = await TuningRecord.ReadAsync(stream);
}

File.Delete(file);
var resumed = new Tuner(problem, new TunerOptions { Seed = 3, Resume = saved });
while (resumed.Ask() is { } evaluation)
{
    resumed.Tell(evaluation, Classifier.Accuracy(digits, evaluation, epochs: 3));
}

Console.WriteLine($"saved and resumed     {resumed.Best}");

// 4. Warm start: five evaluations of a longer training, after what two earlier searches found out.
var child = new Tuner(
    problem with { MaxTrainingJobs = 5, StaticHyperParameters = new Dictionary<string, string> { ["epochs"] = "6" } },
    new TunerOptions
    {
        Seed = 4,
        WarmStart = new WarmStart(WarmStartType.TransferLearning, [tuner.Save("first").ToParent(Goal.Maximize), parallel.Save("second").ToParent(Goal.Maximize)]),
    });
while (child.Ask() is { } evaluation)
{
    child.Tell(evaluation, Classifier.Accuracy(digits, evaluation, epochs: 6));
}

Console.WriteLine($"warm start, 5 more    {child.Best}");

// 5. Report after each epoch, and stop what is worse than the median of the others there.
var brisk = new Tuner(problem, new TunerOptions { Seed = 5, StopEarly = true });
while (brisk.Ask() is { } evaluation)
{
    brisk.Tell(evaluation, Classifier.Accuracy(
        digits, evaluation, epochs: 6, (epoch, accuracy) => brisk.Report(evaluation, epoch, accuracy) == ReportDecision.Continue));
}

Console.WriteLine($"{brisk.Evaluations.Count(each => each.WasStoppedEarly),2} stopped early      {brisk.Best}");
