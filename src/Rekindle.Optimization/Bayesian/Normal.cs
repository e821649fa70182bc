namespace Rekindle.Optimization.Bayesian;

/// <summary>
/// The standard normal distribution, safe in the tails.
/// <code>
/// phi(z)   density            Phi(z)   distribution          R(x) = Phi(-x) / phi(x)   Mills ratio
/// h(z) = phi(z) + z Phi(z)    expected improvement in units of the standard deviation
/// </code>
/// Series and continued fraction of Phi: Abramowitz and Stegun 26.2.11 and 26.2.14. The logarithm of h: Ament et al., "Unexpected
/// improvements to expected improvement", NeurIPS 2023.
/// </summary>
internal static class Normal
{
    public const double LogSqrtTwoPi = 0.91893853320467274178;

    private const double TailStart = 3;
    private const double FarTailStart = 25;

    public static double LogDensity(double z) => (-0.5 * z * z) - LogSqrtTwoPi;

    public static double Cdf(double z)
    {
        if (z < -TailStart) return Math.Exp(LogDensity(z)) * Mills(-z);
        if (z > TailStart) return 1 - (Math.Exp(LogDensity(z)) * Mills(z));
        var term = z;
        var sum = z;
        for (var k = 3; Math.Abs(term) > 1e-17 * Math.Abs(sum); k += 2)
        {
            term *= z * z / k;
            sum += term;
        }

        return 0.5 + (Math.Exp(LogDensity(z)) * sum);
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

    private static double Mills(double x)
    {
        // 64 levels give full precision from x = 3 on.
        var tail = x;
        for (var k = 64; k >= 1; k--) tail = x + (k / tail);
        return 1 / tail;
    }
}
