using System.Globalization;

namespace Rekindle.Algorithms.Tabular;

/// <summary>What labels must be.</summary>
internal static class Classes
{
    /// <summary>Labels must be classes 0 … count-1, and for training at least two of them must occur.</summary>
    public static void Check(Table table, string channel, int count, bool forTraining)
    {
        for (var row = 0; row < table.Rows; row++)
        {
            var label = table.Labels[row];
            if (label >= 0 && label < count && label == MathF.Floor(label)) continue;
            throw new ClientErrorException(string.Create(
                CultureInfo.InvariantCulture, $"The channel '{channel}', row {row + 1}: the label {label} is not a class: classes are 0 to {count - 1}."));
        }

        if (forTraining) CheckVariety(table, channel);
    }

    /// <summary>How many classes there are, by the largest label.</summary>
    public static int Count(Table table, string channel, int most)
    {
        Check(table, channel, most, forTraining: false);
        return 1 + (int)table.Labels.Max();
    }

    /// <summary>A classifier learns nothing where there is nothing to tell apart.</summary>
    public static void CheckVariety(Table table, string channel)
    {
        if (!table.Labels.AsSpan().ContainsAnyExcept(table.Labels[0]))
        {
            throw new ClientErrorException(string.Create(
                CultureInfo.InvariantCulture, $"All {table.Rows} rows of the channel '{channel}' have the label {table.Labels[0]}: a classifier needs at least two classes."));
        }
    }

    /// <summary>Every label must be in a range; the rule ends the sentence "… must be".</summary>
    public static void CheckLabels(Table table, string channel, Func<float, bool> allowed, string rule)
    {
        var row = Array.FindIndex(table.Labels, label => !allowed(label));
        if (row < 0) return;
        throw new ClientErrorException(string.Create(
            CultureInfo.InvariantCulture, $"The channel '{channel}', row {row + 1}: the label {table.Labels[row]} must be {rule}."));
    }
}
