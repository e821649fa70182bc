using Rekindle.Algorithms.Images;
using Rekindle.Algorithms.Networks;

namespace Rekindle.Algorithms.ImageClassification;

/// <summary>A whole training under the container contract: reads the folders, trains, leaves the model.</summary>
internal sealed class ImageClassificationTraining(OptMl folders, TextWriter output, TimeProvider clock, int threads)
{
    private const int ShuffleSeed = 1;

    /// <summary>Returns when the training is over; when cancelled, with the best model so far saved.</summary>
    /// <exception cref="ClientErrorException">The hyperparameters or the data are at fault.</exception>
    public void Run(CancellationToken cancellation)
    {
        var log = new EpochLog(output, clock);
        var hyperparameters = HyperparameterRules.Read(folders.ReadHyperparameters(cancellation));
        foreach (var note in hyperparameters.Notes) log.Write(note);

        var channels = folders.ReadChannels(cancellation);
        using var trainChannel = Open("train");
        using var validationChannel = Open("validation");
        CheckLabels(trainChannel.Images, hyperparameters.NumClasses);
        CheckLabels(validationChannel.Images, hyperparameters.NumClasses);
        var train = Load(Selected(trainChannel.Images, hyperparameters.NumTrainingSamples));
        var validation = Load(validationChannel.Images);
        log.Write($"Training on {train.Count} images, validating on {validation.Count}, with {threads} thread(s).");
        if (train.Count < hyperparameters.NumTrainingSamples)
            log.Write($"num_training_samples is {hyperparameters.NumTrainingSamples}, but the channel holds {train.Count} images.");

        var trainer = new Trainer(hyperparameters, train, validation, threads, log, clock);
        var model = new ModelFolder(folders.Model, hyperparameters, trainer.Network, trainer.Normalization);
        // Whatever happens in the first epoch, there is a model.
        model.SaveBest(0, accuracy: null);
        var best = double.NegativeInfinity;
        try
        {
            trainer.Run(EpochDone, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            log.Write("Asked to stop: the best model so far is saved.");
        }

        void EpochDone(int epoch, Score score)
        {
            if (score.Accuracy > best)
            {
                best = score.Accuracy;
                model.SaveBest(epoch + 1, best);
            }

            if (hyperparameters.CheckpointFrequency is { } every && (epoch + 1) % every == 0) model.SaveCheckpoint(epoch + 1);
        }

        Channel Open(string name)
        {
            if (!channels.TryGetValue(name, out var contentType))
                throw new ClientErrorException($"The channel '{name}' is required, but not given.");
            var list = channels.ContainsKey(name + "_lst") ? folders.Channel(name + "_lst") : null;
            return Channel.Open(name, contentType, folders.Channel(name), list, cancellation);
        }

        ImageSet Load(IReadOnlyList<LabelledImage> images) => new(images, hyperparameters.ImageShape, hyperparameters.Resize, cancellation);
    }

    private static void CheckLabels(IReadOnlyList<LabelledImage> images, int classes)
    {
        if (images.FirstOrDefault(image => image.Label >= classes) is { } wrong)
        {
            throw new ClientErrorException(
                $"{wrong.Origin}: the class {wrong.Label} does not fit num_classes {classes}: classes are 0 to {classes - 1}.");
        }
    }

    /// <summary>The first so many after a shuffle that is the same in every training.</summary>
    private static IReadOnlyList<LabelledImage> Selected(IReadOnlyList<LabelledImage> images, int count)
    {
        if (count >= images.Count) return images;
        var order = Enumerable.Range(0, images.Count).ToArray();
        new RandomSource(ShuffleSeed).Shuffle(order);
        return [.. order.Take(count).Select(index => images[index])];
    }
}
