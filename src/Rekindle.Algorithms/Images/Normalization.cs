namespace Rekindle.Algorithms.Images;

/// <summary>Per channel, the mean and the inverse deviation of the training images' pixels (0..255).</summary>
internal sealed record Normalization(float[] Means, float[] Scales)
{
    private const int Sample = 2000;

    /// <summary>Measured on the first images of a set; a channel without any variation keeps its scale.</summary>
    public static Normalization Of(ImageSet images)
    {
        var channels = images.Get(0).Shape.Channels;
        var means = new float[channels];
        var scales = new float[channels];
        for (var c = 0; c < channels; c++)
        {
            double sum = 0, squares = 0, count = 0;
            for (var i = 0; i < Math.Min(Sample, images.Count); i++)
            {
                foreach (var value in images.Get(i).Plane(c))
                {
                    sum += value;
                    squares += value * value;
                    count++;
                }
            }

            var deviation = Math.Sqrt(Math.Max(0, (squares / count) - (sum / count * (sum / count))));
            means[c] = (float)(sum / count);
            scales[c] = deviation < 1 ? 1f / 255 : (float)(1 / deviation);
        }

        return new Normalization(means, scales);
    }
}
