namespace Rekindle.Optimization.Bayesian;

/// <summary>
/// How a job with parents of a related task begins: parents' best configurations alternate with design points, and stop after one
/// disappointment. A parents' point must beat the best design point, or the median of three or more, for the next to be tried.
/// A pure function of what has been launched. After the best-of-previous-tasks baseline for ordered transfer (Hellan et al.,
/// AutoML 2023), with a gate.
/// </summary>
internal static class TransferStart
{
    private const int DesignWhenHelpful = 5;
    private const int ResultsForMedian = 3;
    private const int ParallelForTwo = 5;

    internal enum Step
    {
        Parent,
        Design,
        Model,
    }

    /// <param name="parentResults">Minimised values of finished parents' points.</param>
    /// <param name="designResults">Minimised values of the other finished points, oldest first.</param>
    /// <param name="parentsLaunched">Parents' points launched.</param>
    /// <param name="othersLaunched">Other points launched.</param>
    /// <param name="queue">How many parents' points there are in all.</param>
    /// <param name="designSize">The size of a cold start's design.</param>
    /// <param name="maxParallel">How many evaluations may run at once.</param>
    public static Step Next(
        IReadOnlyList<double> parentResults,
        IReadOnlyList<double> designResults,
        int parentsLaunched,
        int othersLaunched,
        int queue,
        int designSize,
        int maxParallel)
    {
        if (parentsLaunched == 0 && othersLaunched == 0 && queue > 0) return Step.Parent;
        var gate = Gate(parentResults, designResults, parentsLaunched);
        if (othersLaunched >= (gate == true ? Math.Min(DesignWhenHelpful, designSize) : designSize)) return Step.Model;
        if (parentsLaunched >= queue) return Step.Design;
        if (gate == true && othersLaunched >= parentsLaunched) return Step.Parent;
        var firstWave = gate is null && parentsLaunched == 1 && maxParallel >= ParallelForTwo && othersLaunched >= 2;
        return firstWave ? Step.Parent : Step.Design;
    }

    private static bool? Gate(IReadOnlyList<double> parentResults, IReadOnlyList<double> designResults, int parentsLaunched)
    {
        // Only the design's own results judge: later ones come from a model that already learnt from the parents.
        var judges = designResults.Take(DesignWhenHelpful).Order().ToArray();
        if (parentsLaunched == 0 || judges.Length == 0 || parentResults.Count == 0) return null;
        var best = parentResults.Min();
        return best < judges[0] || (judges.Length >= ResultsForMedian && best < judges[judges.Length / 2]);
    }
}
