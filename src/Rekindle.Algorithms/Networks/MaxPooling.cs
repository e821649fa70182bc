namespace Rekindle.Algorithms.Networks;

/// <summary>The greatest of every 2×2 pixels; an odd last row or column is dropped.</summary>
internal sealed class MaxPooling(Shape input) : Layer(input, new Shape(input.Channels, input.Height / 2, input.Width / 2))
{
    public override void Forward(float[] input, float[] output, int batch)
    {
        var (width, half) = (Input.Width, Output.Width);
        for (var plane = 0; plane < Input.Channels * batch; plane++)
        {
            for (var y = 0; y < Output.Height; y++)
            {
                var upper = input.AsSpan((plane * Input.Area) + (2 * y * width), width);
                var lower = input.AsSpan((plane * Input.Area) + (((2 * y) + 1) * width), width);
                var row = output.AsSpan((plane * Output.Area) + (y * half), half);
                for (var x = 0; x < row.Length; x++)
                    row[x] = MathF.Max(MathF.Max(upper[2 * x], upper[(2 * x) + 1]), MathF.Max(lower[2 * x], lower[(2 * x) + 1]));
            }
        }
    }

    public override void Backward(float[] input, float[] output, float[] outputGradient, float[]? inputGradient, int batch)
    {
        if (inputGradient is null) return;
        inputGradient.AsSpan(0, batch * Input.Size).Clear();
        var width = Input.Width;
        for (var plane = 0; plane < Input.Channels * batch; plane++)
        {
            for (var y = 0; y < Output.Height; y++)
            {
                for (var x = 0; x < Output.Width; x++)
                {
                    var from = (plane * Output.Area) + (y * Output.Width) + x;
                    var corner = (plane * Input.Area) + (2 * y * width) + (2 * x);
                    // The first of equals takes all, so that the gradient is passed on exactly once.
                    var at = corner;
                    if (input[corner + 1] > input[at]) at = corner + 1;
                    if (input[corner + width] > input[at]) at = corner + width;
                    if (input[corner + width + 1] > input[at]) at = corner + width + 1;
                    inputGradient[at] = outputGradient[from];
                }
            }
        }
    }
}
