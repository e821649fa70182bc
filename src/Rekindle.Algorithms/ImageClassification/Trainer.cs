using Rekindle.Algorithms.Images;
using Rekindle.Algorithms.Networks;

namespace Rekindle.Algorithms.ImageClassification;

/// <summary>The training loop: epochs over shuffled mini-batches, validation after each.</summary>
internal sealed class Trainer
{
    private const int Seed = 1;
    private const int BatchesPerSpeedLine = 20;
    private const int ValidationBatch = 64;

    private readonly Hyperparameters _hyperparameters;
    private readonly EpochLog _log;
    private readonly TimeProvider _clock;
    private readonly ImageSet _train;
    private readonly ImageSet _validation;
    private readonly RandomSource _random = new(Seed);
    private readonly BatchLoader _trainLoader;
    private readonly BatchLoader _validationLoader;
    private readonly int[] _order;
    private readonly float[] _pixels;
    private readonly int[] _labels;
    private readonly Optimizer _optimizer;

    public Trainer(Hyperparameters hyperparameters, ImageSet train, ImageSet validation, int threads, EpochLog log, TimeProvider clock)
    {
        _hyperparameters = hyperparameters;
        _log = log;
        _clock = clock;
        _train = train;
        _validation = validation;
        _order = [.. Enumerable.Range(0, train.Count)];
        var largestBatch = Math.Max(Math.Min(hyperparameters.MiniBatchSize, train.Count), Math.Min(ValidationBatch, validation.Count));
        Network = NetworkPlan.Build(
            hyperparameters.ImageShape, hyperparameters.NumLayers, hyperparameters.NumClasses, largestBatch, threads, Seed);
        _pixels = new float[hyperparameters.ImageShape.Size * largestBatch];
        _labels = new int[largestBatch];
        _optimizer = hyperparameters.CreateOptimizer(Network.Parameters);
        Normalization = Normalization.Of(train);
        _trainLoader = new BatchLoader(train, Network.Input, Normalization, hyperparameters.Augmentation, _random);
        _validationLoader = new BatchLoader(validation, Network.Input, Normalization, AugmentationType.None, _random);
    }

    public Network Network { get; }

    public Normalization Normalization { get; }

    /// <summary>Trains to the end, or until it diverges or early stopping ends it.</summary>
    /// <param name="epochDone">Called after each epoch that left finite weights, with its number and validation score.</param>
    /// <param name="cancellation">Ends the training between two batches.</param>
    public void Run(Action<int, Score> epochDone, CancellationToken cancellation)
    {
        var (best, epochsSinceBest) = (double.NegativeInfinity, 0);
        for (var epoch = 0; epoch < _hyperparameters.Epochs; epoch++)
        {
            var start = _clock.GetTimestamp();
            var train = TrainEpoch(epoch, cancellation);
            _log.Score("Train", epoch, train, _hyperparameters.TopK);
            _log.TimeCost(epoch, _clock.GetElapsedTime(start));
            var validation = Validate(cancellation);
            _log.Score("Validation", epoch, validation, _hyperparameters.TopK);
            if (!Network.IsFinite())
            {
                _log.Write($"Epoch[{epoch}] The weights are no longer finite: training has diverged and ends here.");
                return;
            }

            epochDone(epoch, validation);
            if (_hyperparameters.EarlyStopping is not { } rule) continue;
            if (validation.Accuracy > best + (rule.Tolerance * Math.Max(0, best))) (best, epochsSinceBest) = (validation.Accuracy, 0);
            else epochsSinceBest++;
            if (epoch + 1 < rule.MinEpochs || epochsSinceBest < rule.Patience) continue;
            _log.Write($"Epoch[{epoch}] Validation accuracy has not grown for {epochsSinceBest} epochs: early stopping.");
            return;
        }
    }

    /// <summary>The network's score on the validation images as it is now.</summary>
    public Score Validate(CancellationToken cancellation)
    {
        var indices = Enumerable.Range(0, _validation.Count).ToArray();
        var tally = new Tally(_hyperparameters);
        for (var first = 0; first < indices.Length; first += Network.LargestBatch)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = Math.Min(Network.LargestBatch, indices.Length - first);
            _validationLoader.Load(indices.AsSpan(first, count), _pixels, _labels);
            tally.Add(Network.Forward(_pixels, count), _labels, count, gradient: null);
        }

        return tally.Score;
    }

    private Score TrainEpoch(int epoch, CancellationToken cancellation)
    {
        var rate = _hyperparameters.LearningRateAt(epoch);
        var size = Math.Min(_hyperparameters.MiniBatchSize, _train.Count);
        _random.Shuffle(_order);
        var tally = new Tally(_hyperparameters);
        var since = _clock.GetTimestamp();
        var (batches, timed) = (0, 0);
        for (var first = 0; first < _order.Length; first += size)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = Math.Min(size, _order.Length - first);
            _trainLoader.Load(_order.AsSpan(first, count), _pixels, _labels);
            tally.Add(Network.Forward(_pixels, count), _labels, count, Network.ScoreGradient);
            Network.Backward(_pixels, count);
            _optimizer.Step(rate);
            timed += count;
            if (++batches % BatchesPerSpeedLine != 0) continue;
            var seconds = Math.Max(1e-9, _clock.GetElapsedTime(since).TotalSeconds);
            _log.Speed(epoch, batches, timed / seconds, tally.Score.Accuracy);
            (since, timed) = (_clock.GetTimestamp(), 0);
        }

        return tally.Score;
    }

    /// <summary>Sums over the batches of one pass.</summary>
    private sealed class Tally(Hyperparameters hyperparameters)
    {
        private long _images;
        private long _hits;
        private long _topKHits;
        private double _loss;

        /// <summary>
        /// A network that has diverged answers nothing, right or wrong: an accuracy of 0 would be made up, and mislead whoever learns from it.
        /// </summary>
        public Score Score => double.IsFinite(_loss)
            ? new((double)_hits / _images, (double)_topKHits / _images, _loss / _images)
            : new(double.NaN, double.NaN, _loss / _images);

        public void Add(float[] scores, ReadOnlySpan<int> labels, int count, float[]? gradient)
        {
            _images += count;
            _hits += SoftmaxCrossEntropy.Hits(scores, labels, hyperparameters.NumClasses, count, 1);
            if (hyperparameters.TopK is { } k) _topKHits += SoftmaxCrossEntropy.Hits(scores, labels, hyperparameters.NumClasses, count, k);
            _loss += SoftmaxCrossEntropy.Loss(scores, labels, hyperparameters.NumClasses, count, gradient);
        }
    }
}
