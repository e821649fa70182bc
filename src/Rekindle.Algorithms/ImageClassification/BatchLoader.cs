using Rekindle.Algorithms.Images;
using Rekindle.Algorithms.Networks;

namespace Rekindle.Algorithms.ImageClassification;

/// <summary>Puts images into the network's layout, varied and normalised.</summary>
internal sealed class BatchLoader
{
    private readonly ImageSet _images;
    private readonly Augmentation _augmentation;
    private readonly Normalization _normalization;
    private readonly Shape _input;

    public BatchLoader(ImageSet images, Shape input, Normalization normalization, AugmentationType augmentation, RandomSource random)
    {
        _images = images;
        _input = input;
        _normalization = normalization;
        _augmentation = new Augmentation(augmentation, input, random);
    }

    /// <param name="indices">Which images.</param>
    /// <param name="pixels">Filled with [channel][image][row][column].</param>
    /// <param name="labels">Filled with the classes.</param>
    public void Load(ReadOnlySpan<int> indices, float[] pixels, Span<int> labels)
    {
        for (var n = 0; n < indices.Length; n++)
        {
            labels[n] = _images.Label(indices[n]);
            var varied = _augmentation.Vary(_images.Get(indices[n]));
            for (var c = 0; c < _input.Channels; c++)
            {
                var (mean, scale) = (_normalization.Means[c], _normalization.Scales[c]);
                var plane = varied.Slice(c * _input.Area, _input.Area);
                var target = pixels.AsSpan(((c * indices.Length) + n) * _input.Area, _input.Area);
                for (var p = 0; p < plane.Length; p++) target[p] = (plane[p] - mean) * scale;
            }
        }
    }
}
