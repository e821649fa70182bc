using Rekindle.Algorithms.ImageClassification;
using Rekindle.Algorithms.Images;
using Rekindle.Algorithms.Networks;

namespace Rekindle.Algorithms.Tests.ImageClassification;

public sealed class HyperparameterRulesTests
{
    [Fact]
    public void Defaults_are_those_of_SageMaker()
    {
        var read = Read();
        Assert.Equal(152, read.NumLayers);
        Assert.Equal(new Shape(3, 224, 224), read.ImageShape);
        Assert.Equal((32, 30, OptimizerKind.Sgd), (read.MiniBatchSize, read.Epochs, read.Optimizer));
        Assert.Equal((0.1f, 0.9f, 0.0001f), (read.LearningRate, read.Momentum, read.WeightDecay));
        Assert.Equal((0.9f, 0.999f, 1e-8f, 0.9f), (read.Beta1, read.Beta2, read.Epsilon, read.Gamma));
        Assert.Equal(AugmentationType.None, read.Augmentation);
        Assert.Equal(0.1f, read.LearningRateFactor);
        Assert.Empty(read.LearningRateSteps);
        Assert.Null(read.Resize);
        Assert.Null(read.TopK);
        Assert.Null(read.CheckpointFrequency);
        Assert.Null(read.EarlyStopping);
        Assert.Empty(read.Notes);
    }

    [Fact]
    public void The_estimator_of_the_documentation_page_is_accepted()
    {
        var read = Read(
            ("num_layers", "18"), ("image_shape", "3,224,224"), ("num_classes", "257"), ("num_training_samples", "15420"),
            ("mini_batch_size", "128"), ("epochs", "30"), ("optimizer", "sgd"), ("top_k", "2"), ("precision_dtype", "float32"),
            ("augmentation_type", "crop"), ("learning_rate", "0.0"), ("momentum", "0.99"),
            ("_tuning_objective_metric", "validation:accuracy"));
        Assert.Equal(AugmentationType.Crop, read.Augmentation);
        Assert.Equal((2, 0f, 0.99f), (read.TopK, read.LearningRate, read.Momentum));
    }

    [Fact]
    public void Every_hyperparameter_of_SageMaker_is_known()
    {
        var read = Read(
            ("num_layers", "20"), ("use_pretrained_model", "0"), ("use_weighted_loss", "1"), ("kv_store", "dist_sync"),
            ("multi_label", "0"),
            ("precision_dtype", "float16"), ("resize", "256"), ("checkpoint_frequency", "2"), ("early_stopping", "True"),
            ("early_stopping_min_epochs", "3"), ("early_stopping_patience", "2"), ("early_stopping_tolerance", "0.01"),
            ("lr_scheduler_factor", "0.5"), ("lr_scheduler_step", "10, 20"), ("beta_1", "0.5"), ("beta_2", "0.6"), ("eps", "1e-3"),
            ("gamma", "0.7"), ("optimizer", "rmsprop"), ("weight_decay", "0.001"), ("sagemaker_program", "x"),
            ("augmentation_type", "crop_color_transform"));
        Assert.Equal(new EarlyStoppingRule(3, 2, 0.01f), read.EarlyStopping);
        Assert.Equal([10, 20], read.LearningRateSteps);
        Assert.Equal(AugmentationType.CropColorTransform, read.Augmentation);
        Assert.Equal(3, read.Notes.Count);
    }

    [Fact]
    public void Values_may_be_quoted_as_JSON()
    {
        var read = Read(("optimizer", "\"adam\""), ("learning_rate", "\"0.01\""), ("image_shape", "\"1, 8, 8\""), ("epochs", " 7 "));
        Assert.Equal((OptimizerKind.Adam, 0.01f, 7), (read.Optimizer, read.LearningRate, read.Epochs));
        Assert.Equal(new Shape(1, 8, 8), read.ImageShape);
    }

    [Theory]
    [InlineData("num_layers", "19", "num_layers: '19' must be one of 18, 20, 32, 34, 44, 50, 56, 101, 110, 152, 200.")]
    [InlineData("num_classes", "1", "num_classes: '1' must be a whole number from 2 to 100000.")]
    [InlineData("num_training_samples", "0", "num_training_samples: '0' must be a positive whole number.")]
    [InlineData("mini_batch_size", "32.5", "mini_batch_size: '32.5' must be a positive whole number.")]
    [InlineData("mini_batch_size", "1e2", "mini_batch_size: '1e2' must be a positive whole number.")]
    [InlineData("epochs", "-1", "epochs: '-1' must be a positive whole number.")]
    [InlineData("epochs", "99999999999", "epochs: '99999999999' must be a positive whole number.")]
    [InlineData("learning_rate", "1.5", "learning_rate: '1.5' must be a number from 0 to 1.")]
    [InlineData("learning_rate", "nan", "learning_rate: 'nan' must be a number from 0 to 1.")]
    [InlineData("learning_rate", "0,1", "learning_rate: '0,1' must be a number from 0 to 1.")]
    [InlineData("learning_rate", "", "learning_rate: '' must be a number from 0 to 1.")]
    [InlineData("momentum", "-0.1", "momentum: '-0.1' must be a number from 0 to 1.")]
    [InlineData("weight_decay", "2", "weight_decay: '2' must be a number from 0 to 1.")]
    [InlineData("beta_1", "x", "beta_1: 'x' must be a number from 0 to 1.")]
    [InlineData("optimizer", "SGD", "optimizer: 'SGD' must be one of sgd, adam, rmsprop, nag.")]
    [InlineData("augmentation_type", "flip", "augmentation_type: 'flip' must be one of crop, crop_color, crop_color_transform.")]
    [InlineData("image_shape", "2,8,8", "image_shape: '2,8,8' must be 'channels,height,width' with 1 or 3 channels and sides")]
    [InlineData("image_shape", "1,8", "image_shape: '1,8' must be")]
    [InlineData("image_shape", "1,3,8", "image_shape: '1,3,8' must be")]
    [InlineData("image_shape", "", "image_shape: '' must be")]
    [InlineData("lr_scheduler_step", "20,10", "lr_scheduler_step: '20,10' must be increasing epoch numbers")]
    [InlineData("lr_scheduler_step", "0", "lr_scheduler_step: '0' must be increasing epoch numbers")]
    [InlineData("lr_scheduler_step", "a", "lr_scheduler_step: 'a' must be increasing epoch numbers")]
    [InlineData("top_k", "1", "top_k: '1' must be a whole number of at least 2.")]
    [InlineData("top_k", "11", "top_k: '11' must not be greater than num_classes (10).")]
    [InlineData("checkpoint_frequency", "31", "checkpoint_frequency: '31' must not be greater than epochs (30).")]
    [InlineData("early_stopping", "yes", "early_stopping: 'yes' must be False or True.")]
    [InlineData("kv_store", "local", "kv_store: 'local' must be one of dist_sync, dist_async.")]
    [InlineData("precision_dtype", "float64", "precision_dtype: 'float64' must be one of float32, float16.")]
    [InlineData("multi_label", "1", "multi_label: '1' is not supported here")]
    [InlineData("use_pretrained_model", "1", "use_pretrained_model: '1' is not supported here")]
    [InlineData("learning_rte", "0.1", "learning_rte: no such hyperparameter in image-classification; did you mean learning_rate?")]
    [InlineData("num_round", "10", "num_round: no such hyperparameter in image-classification")]
    [InlineData("Epochs", "10", "Epochs: no such hyperparameter in image-classification; did you mean epochs?")]
    public void Each_wrong_value_is_named_with_its_rule(string name, string value, string expected)
    {
        var error = Assert.Throws<ClientErrorException>(() => Read((name, value)));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("1 hyperparameter is not valid: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_errors_are_told_together()
    {
        var error = Assert.Throws<ClientErrorException>(() => HyperparameterRules.Read(new Dictionary<string, string>
        {
            ["num_classes"] = "10",
            ["learning_rate"] = "2",
            ["optimizer"] = "lion",
            ["zzz"] = "1",
        }));
        Assert.StartsWith("4 hyperparameters are not valid: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("num_training_samples: required, but not given.", error.Message, StringComparison.Ordinal);
        Assert.Contains("learning_rate: '2'", error.Message, StringComparison.Ordinal);
        Assert.Contains("optimizer: 'lion'", error.Message, StringComparison.Ordinal);
        Assert.Contains("zzz: no such", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_learning_rate_falls_after_the_epochs_asked_for()
    {
        var read = Read(("learning_rate", "0.1"), ("lr_scheduler_step", "2,4"), ("lr_scheduler_factor", "0.5"));
        Assert.Equal([0.1f, 0.1f, 0.05f, 0.05f, 0.025f, 0.025f], Enumerable.Range(0, 6).Select(read.LearningRateAt));
    }

    private static Hyperparameters Read(params (string Name, string Value)[] values)
    {
        var all = new Dictionary<string, string> { ["num_classes"] = "10", ["num_training_samples"] = "100" };
        foreach (var (name, value) in values) all[name] = value;
        return HyperparameterRules.Read(all);
    }
}
