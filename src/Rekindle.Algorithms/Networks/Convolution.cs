using System.Numerics.Tensors;

namespace Rekindle.Algorithms.Networks;

/// <summary>A square convolution with zero padding, as a matrix product over unfolded patches (im2col).</summary>
/// <remarks>Patches are unfolded for a few images at a time so that they stay in the second-level cache, and again going back.</remarks>
internal sealed class Convolution : Layer
{
    private const int UnfoldedFloats = 64 * 1024;

    private readonly int _kernel;
    private readonly int _stride;
    private readonly int _padding;
    private readonly int _patch;
    private readonly int _imagesAtOnce;
    private readonly Gemm _gemm;
    private readonly Parameter _weights;
    private readonly Parameter _bias;
    private readonly float[] _unfolded;
    private readonly int _lead;

    public Convolution(string name, Shape input, int channels, int kernel, int stride, Gemm gemm, RandomSource random)
        : base(input, new Shape(channels, Reduced(input.Height, kernel, stride), Reduced(input.Width, kernel, stride)))
    {
        _kernel = kernel;
        _stride = stride;
        _padding = kernel / 2;
        _patch = input.Channels * kernel * kernel;
        _gemm = gemm;
        _imagesAtOnce = Math.Max(1, UnfoldedFloats / (_patch * Output.Area));
        // One vector more than needed keeps rows off power-of-two distances.
        _lead = (_imagesAtOnce * Output.Area) + 8;
        _unfolded = new float[_patch * _lead];
        // He et al. 2015, arXiv:1502.01852, eq. 10: variance 2/fan-in keeps the scale of activations through rectifiers.
        _weights = new Parameter($"{name}_weight", random.Fill(channels * _patch, MathF.Sqrt(2f / _patch)), Decays: true);
        _bias = new Parameter($"{name}_bias", new float[channels], Decays: false);
    }

    public override IReadOnlyList<Parameter> Parameters => [_weights, _bias];

    public override void Forward(float[] input, float[] output, int batch)
    {
        var (area, lead) = (Output.Area, batch * Output.Area);
        for (var c = 0; c < Output.Channels; c++) output.AsSpan(c * lead, lead).Fill(_bias.Values[c]);
        for (var first = 0; first < batch; first += _imagesAtOnce)
        {
            var count = Math.Min(_imagesAtOnce, batch - first);
            Unfold(input, first, count, batch);
            _gemm.Multiply(
                _weights.Values, _patch, 1, _unfolded, 0, _lead, output, first * area, lead,
                Output.Channels, count * area, _patch, accumulate: true);
        }
    }

    public override void Backward(float[] input, float[] output, float[] outputGradient, float[]? inputGradient, int batch)
    {
        var (area, lead) = (Output.Area, batch * Output.Area);
        Array.Clear(_weights.Gradient);
        for (var c = 0; c < Output.Channels; c++) _bias.Gradient[c] = TensorPrimitives.Sum<float>(outputGradient.AsSpan(c * lead, lead));
        inputGradient?.AsSpan(0, batch * Input.Size).Clear();
        for (var first = 0; first < batch; first += _imagesAtOnce)
        {
            var count = Math.Min(_imagesAtOnce, batch - first);
            Unfold(input, first, count, batch);
            _gemm.AddMultiplyTransposed(
                outputGradient, first * area, lead, _unfolded, 0, _lead, _weights.Gradient, _patch,
                Output.Channels, _patch, count * area);
            if (inputGradient is null) continue;
            _gemm.Multiply(
                _weights.Values, 1, _patch, outputGradient, first * area, lead, _unfolded, 0, _lead,
                _patch, count * area, Output.Channels, accumulate: false);
            Fold(inputGradient, first, count, batch);
        }
    }

    private static int Reduced(int side, int kernel, int stride) => ((side + (2 * (kernel / 2)) - kernel) / stride) + 1;

    /// <summary>The range of output columns whose input column ox·stride + shift lies inside the image.</summary>
    private (int From, int To) Inside(int shift, int inputSide, int outputSide)
    {
        var from = shift >= 0 ? 0 : (-shift + _stride - 1) / _stride;
        var to = shift >= inputSide ? 0 : Math.Min(outputSide, ((inputSide - 1 - shift) / _stride) + 1);
        return (Math.Min(from, outputSide), Math.Max(from, to));
    }

    private void Unfold(float[] input, int first, int count, int batch)
    {
        var row = 0;
        for (var c = 0; c < Input.Channels; c++)
        {
            for (var ky = 0; ky < _kernel; ky++)
            {
                for (var kx = 0; kx < _kernel; kx++, row++)
                {
                    var (shiftY, shiftX) = (ky - _padding, kx - _padding);
                    var (fromX, toX) = Inside(shiftX, Input.Width, Output.Width);
                    var target = _unfolded.AsSpan(row * _lead, count * Output.Area);
                    var channel = input.AsSpan(((c * batch) + first) * Input.Area, count * Input.Area);
                    for (var image = 0; image < count; image++)
                    {
                        for (var oy = 0; oy < Output.Height; oy++)
                        {
                            var line = target.Slice((image * Output.Area) + (oy * Output.Width), Output.Width);
                            var iy = (oy * _stride) + shiftY;
                            if (iy < 0 || iy >= Input.Height)
                            {
                                line.Clear();
                                continue;
                            }

                            var source = channel.Slice((image * Input.Area) + (iy * Input.Width), Input.Width);
                            line[..fromX].Clear();
                            if (_stride == 1) source[(fromX + shiftX)..(toX + shiftX)].CopyTo(line[fromX..]);
                            else for (var ox = fromX; ox < toX; ox++) line[ox] = source[(ox * _stride) + shiftX];
                            line[toX..].Clear();
                        }
                    }
                }
            }
        }
    }

    private void Fold(float[] inputGradient, int first, int count, int batch)
    {
        var row = 0;
        for (var c = 0; c < Input.Channels; c++)
        {
            for (var ky = 0; ky < _kernel; ky++)
            {
                for (var kx = 0; kx < _kernel; kx++, row++)
                {
                    var (shiftY, shiftX) = (ky - _padding, kx - _padding);
                    var (fromX, toX) = Inside(shiftX, Input.Width, Output.Width);
                    var (fromY, toY) = Inside(shiftY, Input.Height, Output.Height);
                    var source = _unfolded.AsSpan(row * _lead, count * Output.Area);
                    var channel = inputGradient.AsSpan(((c * batch) + first) * Input.Area, count * Input.Area);
                    for (var image = 0; image < count; image++)
                    {
                        for (var oy = fromY; oy < toY; oy++)
                        {
                            var line = source.Slice((image * Output.Area) + (oy * Output.Width), Output.Width);
                            var target = channel.Slice((image * Input.Area) + (((oy * _stride) + shiftY) * Input.Width), Input.Width);
                            if (_stride == 1)
                            {
                                var part = target[(fromX + shiftX)..(toX + shiftX)];
                                TensorPrimitives.Add(part, line[fromX..toX], part);
                            }
                            else
                            {
                                for (var ox = fromX; ox < toX; ox++) target[(ox * _stride) + shiftX] += line[ox];
                            }
                        }
                    }
                }
            }
        }
    }
}
