using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rekindle.Algorithms.ImageClassification;
using Rekindle.Algorithms.Images;
using Rekindle.Algorithms.Networks;

namespace Rekindle.Algorithms.Tests.ImageClassification;

public sealed class TrainingTests
{
    [Theory]
    [InlineData("sgd", "0.01")]
    [InlineData("nag", "0.01")]
    [InlineData("adam", "0.002")]
    [InlineData("rmsprop", "0.001")]
    public void Learns_the_digits_with_good_hyperparameters(string optimizer, string learningRate)
    {
        using var folder = new TrainingFolder(("optimizer", optimizer), ("learning_rate", learningRate));
        Assert.InRange(Metric(Train(folder), "validation:accuracy")[^1], 0.9, 1.0);
    }

    [Fact]
    public void Stays_poor_without_a_learning_rate()
    {
        using var folder = new TrainingFolder(("learning_rate", "0.0"), ("momentum", "0.99"));
        Assert.All(Metric(Train(folder), "validation:accuracy"), accuracy => Assert.InRange(accuracy, 0, 0.3));
    }

    [Theory]
    [InlineData("sgd")]
    [InlineData("adam")]
    public void Divergence_ends_the_training_well_with_no_made_up_accuracy(string optimizer)
    {
        using var folder = new TrainingFolder(
            ("optimizer", optimizer), ("learning_rate", "1.0"), ("momentum", "0.99"), ("epochs", "30"), ("num_training_samples", "300"),
            ("top_k", "3"));
        var log = Train(folder);
        var accuracies = Metric(log, "validation:accuracy");
        Assert.NotEmpty(accuracies);
        Assert.All(accuracies.Where(double.IsFinite), accuracy => Assert.InRange(accuracy, 0, 0.5));
        var (_, weights) = ReadModel(folder);
        Assert.All(weights, weight => Assert.True(float.IsFinite(weight)));
        if (optimizer != "sgd") return;
        Assert.Contains("training has diverged", log, StringComparison.Ordinal);
        foreach (var metric in BuiltInAlgorithms.ImageClassification.Metrics) Assert.Equal(double.NaN, Metric(log, metric.Name)[^1]);
        Assert.Matches(@"Validation-accuracy=nan\n", log);
    }

    [Fact]
    public void Every_metric_has_its_lines_and_every_line_its_form()
    {
        using var folder = new TrainingFolder(("epochs", "3"), ("top_k", "3"));
        var log = Train(folder);
        foreach (var metric in BuiltInAlgorithms.ImageClassification.Metrics)
        {
            var values = Metric(log, metric.Name);
            Assert.Equal(3, values.Count);
            Assert.All(values, value => Assert.True(double.IsFinite(value)));
        }

        var lines = log.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.Matches(@"^\[\d\d/\d\d/\d{4} \d\d:\d\d:\d\d INFO \d+\] ", line));
        Assert.Contains(lines, line => Regex.IsMatch(line, @"Epoch\[0\] Batch \[20\]\tSpeed: \d+\.\d\d samples/sec\taccuracy=\d\.\d{6}$"));
        Assert.Contains(lines, line => Regex.IsMatch(line, @"Epoch\[2\] Time cost=\d+\.\d{3}$"));
        // No line counts for two metrics.
        var metrics = BuiltInAlgorithms.ImageClassification.Metrics;
        Assert.All(lines, line => Assert.InRange(metrics.Count(metric => Regex.IsMatch(line, metric.Regex)), 0, 1));
    }

    [Fact]
    public void The_same_hyperparameters_give_the_same_metrics_and_weights()
    {
        (string, string?)[] values = [("epochs", "2"), ("augmentation_type", "crop_color_transform"), ("num_training_samples", "200")];
        using var first = new TrainingFolder(values);
        using var second = new TrainingFolder(values);
        Assert.Equal(Metric(Train(first), "validation:loss"), Metric(Train(second), "validation:loss"));
        Assert.Equal(ReadModel(first).Weights, ReadModel(second).Weights);
    }

    [Fact]
    public void The_saved_model_is_the_best_of_all_epochs_and_gives_its_accuracy_again()
    {
        using var folder = new TrainingFolder(("epochs", "5"), ("learning_rate", "0.05"));
        var accuracies = Metric(Train(folder), "validation:accuracy");
        var (description, weights) = ReadModel(folder);
        using var channel = Channel.Open(
            "validation", null, Path.Combine(folder.Path, "input/data/validation"), null, CancellationToken.None);

        Assert.Equal(accuracies.Max(), description.GetProperty("validation_accuracy").GetDouble(), 1e-6);
        Assert.Equal(accuracies.IndexOf(accuracies.Max()) + 1, description.GetProperty("epochs").GetInt32());
        Assert.Equal(2, Directory.GetFiles(folder.Model).Length);
        Assert.Equal(accuracies.Max(), Accuracy(description, weights, channel.Images), 1e-6);
    }

    [Fact]
    public void Checkpoints_are_kept_beside_the_best_model()
    {
        using var folder = new TrainingFolder(("epochs", "5"), ("checkpoint_frequency", "2"), ("num_training_samples", "100"));
        Train(folder);
        var files = Directory.GetFiles(folder.Model).Select(Path.GetFileName).ToArray();
        Assert.Contains("image-classification-0002.params", files);
        Assert.Contains("image-classification-0004.params", files);
        Assert.Contains(ReadModel(folder).Description.GetProperty("weights").GetString(), files);
    }

    [Fact]
    public void Early_stopping_ends_a_training_that_does_not_get_better()
    {
        using var folder = new TrainingFolder(
            ("epochs", "50"), ("learning_rate", "0"), ("num_training_samples", "50"),
            ("early_stopping", "True"), ("early_stopping_min_epochs", "4"), ("early_stopping_patience", "2"));
        Assert.Equal(4, Metric(Train(folder), "validation:accuracy").Count);
    }

    [Fact]
    public void A_mini_batch_may_be_larger_than_the_training_set()
    {
        using var folder = new TrainingFolder(("mini_batch_size", "1000000"), ("num_training_samples", "70"), ("epochs", "1"));
        Assert.Single(Metric(Train(folder), "train:accuracy"));
    }

    [Fact]
    public void Fewer_images_than_announced_are_said_and_trained_on()
    {
        using var folder = new TrainingFolder(("num_training_samples", "5000"), ("epochs", "1"));
        Assert.Contains("num_training_samples is 5000, but the channel holds 1297 images.", Train(folder), StringComparison.Ordinal);
    }

    [Fact]
    public void Colour_records_train_at_another_image_shape()
    {
        using var folder = new TrainingFolder(
            ("image_shape", "3,12,16"), ("num_classes", "2"), ("augmentation_type", "crop_color_transform"),
            ("resize", "14"), ("epochs", "2"));
        var random = new RandomSource(1);
        foreach (var channel in new[] { "train", "validation" })
        {
            Directory.Delete(Path.Combine(folder.Path, "input/data", channel), recursive: true);
            var records = Enumerable.Range(0, 30).SelectMany(i =>
            {
                var pixels = new byte[20 * 30 * 3];
                for (var p = 0; p < pixels.Length; p++) pixels[p] = (byte)(random.Index(60) + (p % 3 == 2 * (i % 2) ? 180 : 0));
                return Images.EncodedImages.Record(i % 2, Images.EncodedImages.Png(30, 20, 3, pixels));
            });
            folder.Write($"input/data/{channel}/data.rec", records.ToArray());
        }

        folder.WriteChannels(
            """{"train":{"ContentType":"application/x-recordio"},"validation":{"ContentType":"application/x-recordio"}}""");
        Assert.Equal(2, Metric(Train(folder), "validation:accuracy").Count);
    }

    [Fact]
    public void A_class_beyond_num_classes_is_refused_with_its_place()
    {
        using var folder = new TrainingFolder(("num_classes", "9"));
        var error = Assert.Throws<ClientErrorException>(() => Train(folder));
        Assert.Matches(@"train-images-idx3-ubyte\.gz: image \d+: the class 9 does not fit num_classes 9", error.Message);
    }

    [Theory]
    [InlineData("""{"train":{}}""", "The channel 'validation' is required, but not given.")]
    [InlineData("""{"train":{"TrainingInputMode":"Pipe"},"validation":{}}""", "The channel 'train' uses TrainingInputMode 'Pipe'")]
    [InlineData("""{"train":1,"validation":{}}""", "the channel 'train' must be an object, not number")]
    [InlineData("[]", "must hold a JSON object")]
    [InlineData("{", "inputdataconfig.json is not JSON")]
    public void Channels_that_do_not_fit_are_named(string channels, string expected)
    {
        using var folder = new TrainingFolder();
        folder.WriteChannels(channels);
        Assert.Contains(expected, Assert.Throws<ClientErrorException>(() => Train(folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stop_between_epochs_leaves_the_best_model_so_far()
    {
        using var folder = new TrainingFolder(("epochs", "100000"));
        using var stop = new CancellationTokenSource();
        using var log = new StoppingWriter("Epoch[2] Validation-cross-entropy", stop);
        new ImageClassificationTraining(new OptMl(folder.Path), log, TimeProvider.System, 1).Run(stop.Token);
        var description = ReadModel(folder).Description;
        Assert.InRange(description.GetProperty("epochs").GetInt32(), 1, 3);
        Assert.Equal(Metric(log.ToString(), "validation:accuracy").Max(), description.GetProperty("validation_accuracy").GetDouble(), 1e-6);
    }

    private static string Train(TrainingFolder folder)
    {
        using var log = new StringWriter { NewLine = "\n" };
        new ImageClassificationTraining(new OptMl(folder.Path), log, TimeProvider.System, 1).Run(CancellationToken.None);
        return log.ToString();
    }

    private static List<double> Metric(string log, string name)
    {
        var regex = BuiltInAlgorithms.ImageClassification.Metrics.Single(metric => metric.Name == name).Regex;
        return [.. Regex.Matches(log, regex)
            .Select(match => double.TryParse(match.Groups[1].Value, CultureInfo.InvariantCulture, out var value) ? value : double.NaN)];
    }

    private static (JsonElement Description, float[] Weights) ReadModel(TrainingFolder folder)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder.Model, ModelFolder.Description)));
        var description = document.RootElement.Clone();
        var bytes = File.ReadAllBytes(Path.Combine(folder.Model, description.GetProperty("weights").GetString()!));
        var weights = new float[bytes.Length / 4];
        for (var i = 0; i < weights.Length; i++) weights[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(4 * i));
        return (description, weights);
    }

    private static double Accuracy(JsonElement description, float[] weights, IReadOnlyList<LabelledImage> images)
    {
        float[] Numbers(string name) => [.. description.GetProperty(name).EnumerateArray().Select(number => number.GetSingle())];
        var network = NetworkPlan.Build(new Shape(1, 8, 8), description.GetProperty("num_layers").GetInt32(), 10, images.Count, 1, 99);
        var offset = 0;
        foreach (var parameter in network.Parameters)
        {
            weights.AsSpan(offset, parameter.Values.Length).CopyTo(parameter.Values);
            offset += parameter.Values.Length;
        }

        Assert.Equal(weights.Length, offset);
        var loader = new BatchLoader(
            new ImageSet(images, network.Input, null, CancellationToken.None), network.Input,
            new Normalization(Numbers("pixel_means"), Numbers("pixel_scales")), AugmentationType.None, new RandomSource(1));
        var (pixels, labels) = (new float[64 * images.Count], new int[images.Count]);
        loader.Load(Enumerable.Range(0, images.Count).ToArray(), pixels, labels);
        return (double)SoftmaxCrossEntropy.Hits(network.Forward(pixels, images.Count), labels, 10, images.Count, 1) / images.Count;
    }

    private sealed class StoppingWriter(string at, CancellationTokenSource stop) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value!.Contains(at, StringComparison.Ordinal)) stop.Cancel();
        }
    }
}
