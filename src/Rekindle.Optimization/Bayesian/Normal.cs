namespace Rekindle.Optimization.Bayesian;

/// <summary>
/// The standard normal distribution, safe in the tails.
/// <code>
/// phi(z)   density            Phi(z)   distribution          R(x) = Phi(-x) / phi(x)   Mills ratio
/// h(z) = phi(z) + z Phi(z)    expected improvement in units of the standard deviation
/// a/b, c/d, p/q               rational approximations of erf and of the scaled complement erfcx(x) = e^(x^2) erfc(x)
/// R(x) = sqrt(pi/2) erfcx(x / sqrt 2)
/// </code>
/// Approximations: Cody, "Rational Chebyshev approximations for the error function", Math. Comp. 23 (1969). The logarithm of h: Ament
/// et al., "Unexpected improvements to expected improvement", NeurIPS 2023.
/// </summary>
internal static class Normal
{
    public const double LogSqrtTwoPi = 0.91893853320467274178;

    private const double SqrtHalf = 0.70710678118654752440;
    private const double SqrtHalfPi = 1.2533141373155002512;
    private const double InverseSqrtPi = 0.56418958354775628695;
    private const double TailStart = 1;
    private const double FarTailStart = 25;

    private static readonly double[] A = [1.85777706184603153e-1, 3.16112374387056560e0, 1.13864154151050156e2, 3.77485237685302021e2, 3.20937758913846947e3];
    private static readonly double[] B = [1, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3];

    private static readonly double[] C =
    [
        2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0, 6.61191906371416295e1, 2.98635138197400131e2,
        8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3,
    ];

    private static readonly double[] D =
    [
        1, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3, 3.29079923573345963e3,
        4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3,
    ];

    private static readonly double[] P =
        [1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1, 1.60837851487422766e-2, 6.58749161529837803e-4];

    private static readonly double[] Q =
        [1, 2.56852019228982242e0, 1.87295284992346725e0, 5.27905102951428412e-1, 6.05183413124413191e-2, 2.33520497626869185e-3];

    public static double LogDensity(double z) => (-0.5 * z * z) - LogSqrtTwoPi;

    public static double Cdf(double z)
    {
        var x = Math.Abs(z) * SqrtHalf;
        if (x <= 0.46875) return 0.5 + (0.5 * z * SqrtHalf * Ratio(A, B, x * x));
        var tail = 0.5 * Math.Exp(-0.5 * z * z) * ScaledComplement(x);
        return z < 0 ? tail : 1 - tail;
    }

    /// <summary>ln h(z), and Phi/h and phi/h, which its gradient needs.</summary>
    public static double LogImprovement(double z, out double cdfRatio, out double densityRatio)
    {
        if (z < -TailStart)
        {
            var x = -z;
            double mills, rest;
            if (x < FarTailStart)
            {
                mills = Mills(x);
                rest = 1 - (x * mills);
            }
            else
            {
                var i = 1 / (x * x);
                rest = i * (1 - (i * (3 - (i * (15 - (105 * i))))));
                mills = (1 - rest) / x;
            }

            cdfRatio = mills / rest;
            densityRatio = 1 / rest;
            return LogDensity(z) + Math.Log(rest);
        }

        var density = Math.Exp(LogDensity(z));
        var cdf = Cdf(z);
        var h = density + (z * cdf);
        cdfRatio = cdf / h;
        densityRatio = density / h;
        return Math.Log(h);
    }

    /// <summary>z with Phi(z) = p, by bisection on a bracket and Newton steps; p in (0, 1).</summary>
    public static double Quantile(double p)
    {
        var (low, high) = (-40.0, 40.0);
        var z = 0.0;
        for (var i = 0; i < 80; i++)
        {
            var error = Cdf(z) - p;
            if (error > 0) high = z;
            else low = z;
            var next = z - (error / Math.Exp(LogDensity(z)));
            if (!(next > low && next < high)) next = 0.5 * (low + high);
            if (Math.Abs(next - z) < 1e-14 * (1 + Math.Abs(z))) return next;
            z = next;
        }

        return z;
    }

    private static double Mills(double x) => SqrtHalfPi * ScaledComplement(x * SqrtHalf);

    // erfcx for x above 0.46875.
    private static double ScaledComplement(double x)
    {
        if (x <= 4) return Ratio(C, D, x);
        var square = 1 / (x * x);
        return (InverseSqrtPi - (square * Ratio(P, Q, square))) / x;
    }

    // Both polynomials with the highest power first.
    private static double Ratio(double[] numerator, double[] denominator, double x)
    {
        var (n, d) = (numerator[0], denominator[0]);
        for (var i = 1; i < numerator.Length; i++) (n, d) = ((n * x) + numerator[i], (d * x) + denominator[i]);
        return n / d;
    }
}
