using System.Numerics.Tensors;

namespace Rekindle.Optimization.Bayesian;

/// <summary>
/// How the functions of several jobs hang together when their results share one model.
/// <code>
/// f_0         the job's own function           f_p = w_p f_0 + sqrt(1 - w_p^2) e_p      that of parent p
/// e_p         drawn like f_0, independent of it: what is the parent's alone
/// w_p         tanh psi_p, the correlation of parent p with the job; below 0 the parent's good is the job's bad
/// psi_p       N(<see cref="Mean"/>, <see cref="Deviation"/>), learnt like the other hyperparameters
/// B_ab        w_a w_b between rows of different jobs, w_0 = 1;  1 between rows of one job
/// </code>
/// The covariance of rows a and b is B_ab (sf2 m(r) + 1), so that level and shape are shared alike. An intrinsic model of
/// coregionalization with one common function: Bonilla, Chai, Williams, "Multi-task Gaussian process prediction", NIPS 2007.
/// </summary>
internal sealed class Kinship
{
    /// <summary>psi stays within this: correlations of 0.9993 at most.</summary>
    public const double Reach = 4;

    private readonly int[] _tasks;

    private Kinship(int parents, int[] tasks, double mean, double deviation, bool sharesUnits) =>
        (Parents, _tasks, Mean, Deviation, SharesUnits) = (parents, tasks, mean, deviation, sharesUnits);

    /// <summary>All rows are the job's own.</summary>
    public static Kinship None { get; } = new(0, [], 0, 1, true);

    /// <summary>P, 0 where all rows are the job's own.</summary>
    public int Parents { get; }

    public double Mean { get; }

    public double Deviation { get; }

    /// <summary>Whether the jobs' values have one scale and level; otherwise each job's are standardised on their own.</summary>
    public bool SharesUnits { get; }

    /// <summary>How many of the first rows are parents'.</summary>
    public int Leading
    {
        get
        {
            var count = 0;
            while (count < _tasks.Length && _tasks[count] != 0) count++;
            return count;
        }
    }

    /// <param name="parents">P.</param>
    /// <param name="tasks">Whose each row is: those of the parents one after the other, 1 to P, then 0 for the job's own.</param>
    /// <param name="mean">Of psi before any result.</param>
    /// <param name="deviation">Of psi before any result.</param>
    /// <param name="sharesUnits">See <see cref="SharesUnits"/>.</param>
    public static Kinship Between(int parents, int[] tasks, double mean, double deviation, bool sharesUnits) =>
        new(parents, tasks, mean, deviation, sharesUnits);

    /// <summary>The job whose result a row is.</summary>
    public int Task(int row) => Parents == 0 ? 0 : _tasks[row];

    public Kinship With(int more) => Parents == 0 ? this : new(Parents, [.. _tasks, .. new int[more]], Mean, Deviation, SharesUnits);

    public Kinship Of(IReadOnlyList<int> kept) => Parents == 0 ? this : new(Parents, [.. kept.Select(i => _tasks[i])], Mean, Deviation, SharesUnits);

    /// <summary>w_0 … w_P from psi_1 … psi_P.</summary>
    public static double[] Correlations(ReadOnlySpan<double> psi)
    {
        var w = new double[psi.Length + 1];
        w[0] = 1;
        for (var p = 0; p < psi.Length; p++) w[p + 1] = Math.Tanh(psi[p]);
        return w;
    }

    /// <summary>B_ab for b = 0 … a.</summary>
    public void Row(ReadOnlySpan<double> w, int a, Span<double> b)
    {
        var own = _tasks[a];
        for (var i = 0; i <= a; i++) b[i] = _tasks[i] == own ? 1 : w[own] * w[_tasks[i]];
    }

    /// <summary>
    /// Adds row a's share of dJ/dpsi: <paramref name="weights"/> holds W_ab and <paramref name="c"/> sf2 m + 1 for b below a.
    /// <code>
    /// dB_ab / dpsi_p = (1 - w_p^2) w_q      for a row of parent p and one of another job q
    /// </code>
    /// </summary>
    public void Differentiate(ReadOnlySpan<double> w, int a, ReadOnlySpan<double> weights, ReadOnlySpan<double> c, Span<double> gradient)
    {
        var own = _tasks[a];
        for (var first = 0; first < a;)
        {
            var task = _tasks[first];
            var last = first;
            while (last < a && _tasks[last] == task) last++;
            if (task != own)
            {
                var sum = TensorPrimitives.Dot(weights[first..last], c[first..last]);
                if (task > 0) gradient[task - 1] += sum * w[own] * (1 - (w[task] * w[task]));
                if (own > 0) gradient[own - 1] += sum * w[task] * (1 - (w[own] * w[own]));
            }

            first = last;
        }
    }
}
