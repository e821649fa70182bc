using Rekindle.Algorithms.Images;
using Rekindle.Algorithms.Networks;

namespace Rekindle.Algorithms.ImageClassification;

/// <summary>What one training is asked to do, checked. Names, ranges and defaults are those of SageMaker's image classification.</summary>
/// <remarks>https://docs.aws.amazon.com/sagemaker/latest/dg/IC-Hyperparameter.html</remarks>
internal sealed record Hyperparameters
{
    public required int NumLayers { get; init; }

    public required Shape ImageShape { get; init; }

    public required int NumClasses { get; init; }

    /// <summary>At most so many training images are used.</summary>
    public required int NumTrainingSamples { get; init; }

    public required int MiniBatchSize { get; init; }

    public required int Epochs { get; init; }

    public required OptimizerKind Optimizer { get; init; }

    public required float LearningRate { get; init; }

    public required float Momentum { get; init; }

    public required float WeightDecay { get; init; }

    public required float Beta1 { get; init; }

    public required float Beta2 { get; init; }

    public required float Epsilon { get; init; }

    public required float Gamma { get; init; }

    /// <summary>The learning rate is multiplied by this after each epoch of <see cref="LearningRateSteps"/>.</summary>
    public required float LearningRateFactor { get; init; }

    /// <summary>Counts of completed epochs, ascending.</summary>
    public required IReadOnlyList<int> LearningRateSteps { get; init; }

    public required AugmentationType Augmentation { get; init; }

    /// <summary>Length of the shorter side before cropping; null for as large as needed.</summary>
    public required int? Resize { get; init; }

    /// <summary>Also report how often the right class is among so many; null for not.</summary>
    public required int? TopK { get; init; }

    /// <summary>Keep the model of every so-many-th epoch beside the best; null for the best only.</summary>
    public required int? CheckpointFrequency { get; init; }

    public required EarlyStoppingRule? EarlyStopping { get; init; }

    /// <summary>Sentences on values that are accepted but change nothing here.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>The learning rate of an epoch counted from 0.</summary>
    public float LearningRateAt(int epoch)
    {
        var rate = LearningRate;
        foreach (var step in LearningRateSteps) rate *= epoch >= step ? LearningRateFactor : 1;
        return rate;
    }

    public Optimizer CreateOptimizer(IReadOnlyList<Parameter> parameters) => Optimizer switch
    {
        OptimizerKind.Adam => new Adam(parameters, Beta1, Beta2, Epsilon),
        OptimizerKind.RmsProp => new RmsProp(parameters, Gamma, Epsilon),
        OptimizerKind.Nag => new Nag(parameters, Momentum, WeightDecay),
        _ => new Sgd(parameters, Momentum, WeightDecay),
    };
}

/// <summary>The values of <c>optimizer</c>.</summary>
internal enum OptimizerKind
{
    Sgd,
    Adam,
    RmsProp,
    Nag,
}

/// <summary>
/// After <paramref name="MinEpochs"/>, training ends once validation accuracy has not grown by more than the fraction
/// <paramref name="Tolerance"/> of the best for <paramref name="Patience"/> epochs.
/// </summary>
internal sealed record EarlyStoppingRule(int MinEpochs, int Patience, float Tolerance);
