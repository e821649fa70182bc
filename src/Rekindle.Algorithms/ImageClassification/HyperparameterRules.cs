using Rekindle.Algorithms.Images;
using Rekindle.Algorithms.Networks;

namespace Rekindle.Algorithms.ImageClassification;

/// <summary>The rules of all hyperparameters of image classification.</summary>
internal static class HyperparameterRules
{
    private const int LeastSide = 4;
    private const int MostSide = 1024;

    /// <summary>Checks all values.</summary>
    /// <exception cref="ClientErrorException">Names every hyperparameter that is wrong, missing or unknown.</exception>
    public static Hyperparameters Read(IReadOnlyDictionary<string, string> values)
    {
        var reader = new HyperparameterReader(values);
        var notes = new List<string>();
        var hyperparameters = new Hyperparameters
        {
            NumLayers = reader.OneOf("num_layers", 152, NetworkPlan.NumLayers),
            ImageShape = ImageShape(reader),
            NumClasses = reader.Integer("num_classes", null, 2, 100_000),
            NumTrainingSamples = reader.Integer("num_training_samples", null),
            MiniBatchSize = reader.Integer("mini_batch_size", 32),
            Epochs = reader.Integer("epochs", 30),
            Optimizer = (OptimizerKind)Math.Max(0, reader.Choice("optimizer", "sgd", "adam", "rmsprop", "nag")),
            LearningRate = reader.Fraction("learning_rate", 0.1f),
            Momentum = reader.Fraction("momentum", 0.9f),
            WeightDecay = reader.Fraction("weight_decay", 0.0001f),
            Beta1 = reader.Fraction("beta_1", 0.9f),
            Beta2 = reader.Fraction("beta_2", 0.999f),
            Epsilon = reader.Fraction("eps", 1e-8f),
            Gamma = reader.Fraction("gamma", 0.9f),
            LearningRateFactor = reader.Fraction("lr_scheduler_factor", 0.1f),
            LearningRateSteps = LearningRateSteps(reader),
            Augmentation = (AugmentationType)(1 + reader.Choice("augmentation_type", "crop", "crop_color", "crop_color_transform")),
            Resize = reader.OptionalInteger("resize", LeastSide, 4 * MostSide),
            TopK = reader.OptionalInteger("top_k", 2),
            CheckpointFrequency = reader.OptionalInteger("checkpoint_frequency", 1),
            EarlyStopping = EarlyStopping(reader),
            Notes = notes,
        };
        ReadUnused(reader, notes);
        // Rules between two values make sense only when each is right by itself.
        if (reader.IsSound) CheckTogether(reader, hyperparameters);
        reader.ThrowIfAnyWrong();
        return hyperparameters;
    }

    private static void CheckTogether(HyperparameterReader reader, Hyperparameters read)
    {
        if (read.CheckpointFrequency > read.Epochs)
            reader.Refuse("checkpoint_frequency", $"{read.CheckpointFrequency}", $"must not be greater than epochs ({read.Epochs})");
        if (read.TopK > read.NumClasses)
            reader.Refuse("top_k", $"{read.TopK}", $"must not be greater than num_classes ({read.NumClasses})");
    }

    private static Shape ImageShape(HyperparameterReader reader)
    {
        var numbers = reader.Integers("image_shape", "3,224,224");
        if (numbers is [1 or 3, >= LeastSide and <= MostSide, >= LeastSide and <= MostSide])
            return new Shape(numbers[0], numbers[1], numbers[2]);
        reader.Refuse(
            "image_shape", reader.Text("image_shape") ?? "",
            $"must be 'channels,height,width' with 1 or 3 channels and sides from {LeastSide} to {MostSide}");
        return new Shape(1, LeastSide, LeastSide);
    }

    private static IReadOnlyList<int> LearningRateSteps(HyperparameterReader reader)
    {
        var steps = reader.Integers("lr_scheduler_step", "");
        if (steps is not null && steps.All(step => step > 0) && steps.Zip(steps.Skip(1)).All(pair => pair.First < pair.Second))
            return steps;
        reader.Refuse(
            "lr_scheduler_step", reader.Text("lr_scheduler_step")!,
            "must be increasing epoch numbers separated by commas, such as '10,20'");
        return [];
    }

    private static EarlyStoppingRule? EarlyStopping(HyperparameterReader reader)
    {
        var wanted = reader.Flag("early_stopping", "False", "True");
        var rule = new EarlyStoppingRule(
            reader.Integer("early_stopping_min_epochs", 10),
            reader.Integer("early_stopping_patience", 5),
            reader.Fraction("early_stopping_tolerance", 0));
        return wanted ? rule : null;
    }

    /// <summary>What SageMaker knows, and this program accepts without effect or must refuse.</summary>
    private static void ReadUnused(HyperparameterReader reader, List<string> notes)
    {
        if (reader.Choice("precision_dtype", "float32", "float16") == 1) notes.Add("precision_dtype float16: computing in float32.");
        if (reader.Choice("kv_store", "dist_sync", "dist_async") >= 0) notes.Add("kv_store: no effect on a single machine.");
        if (reader.Flag("use_weighted_loss", "0", "1")) notes.Add("use_weighted_loss: has an effect with multi_label only.");
        if (reader.Flag("multi_label", "0", "1")) reader.Refuse("multi_label", "1", "is not supported here: each image has one class");
        if (reader.Flag("use_pretrained_model", "0", "1"))
        {
            reader.Refuse(
                "use_pretrained_model", "1", "is not supported here: there is no pretrained network, training starts from random weights");
        }
    }
}
