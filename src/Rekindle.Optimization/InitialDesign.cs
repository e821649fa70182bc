namespace Rekindle.Optimization;

/// <summary>
/// The start of a search without knowledge: the centre of the ranges first, then scrambled Sobol points. The point depends on how
/// many configurations were launched before and on the job's stream only.
/// </summary>
internal sealed class InitialDesign(SearchSpace space, ulong stream)
{
    private const int Attempts = 32;
    private const uint Stride = 4096;

    private readonly Sobol _sobol = new(stream);

    /// <summary>clamp(2 d, 5, 16), at most a quarter of the budget, at least as many as run in parallel.</summary>
    public static int Size(TuningProblem problem)
    {
        var wanted = Math.Clamp(2 * problem.Space.Dimensions, 5, 16);
        return Math.Max(Math.Max(1, problem.MaxParallel), Math.Min(wanted, problem.MaxTrainingJobs / 4));
    }

    /// <summary>The free design point for this launch; null when rounding makes many in a row collide with used ones.</summary>
    public Point? At(int launched, UsedPoints used)
    {
        var positions = new double[space.Dimensions];
        if (launched == 0)
        {
            for (var j = 0; j < positions.Length; j++) positions[j] = space.Axes[j].IsCategorical ? 0 : 0.5;
            var centre = space.At(positions);
            if (used.IsFree(centre)) return centre;
        }

        for (uint attempt = 0; attempt < Attempts; attempt++)
        {
            _sobol.Fill((uint)launched + (attempt * Stride), positions);
            var point = space.At(positions);
            if (used.IsFree(point)) return point;
        }

        return null;
    }
}
