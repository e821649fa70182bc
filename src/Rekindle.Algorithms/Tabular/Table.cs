namespace Rekindle.Algorithms.Tabular;

/// <summary>Labelled rows of numbers.</summary>
internal sealed record Table
{
    public required int Columns { get; init; }

    /// <summary>Row by row, <see cref="Columns"/> numbers each; NaN where a value is missing.</summary>
    public required float[] Features { get; init; }

    /// <summary>One finite number per row.</summary>
    public required float[] Labels { get; init; }

    /// <summary>One number of at least 0 per row; null where all count alike.</summary>
    public float[]? Weights { get; init; }

    public int Rows => Labels.Length;

    public ReadOnlySpan<float> Row(int row) => Features.AsSpan(row * Columns, Columns);

    /// <summary>The same rows with missing values in further columns: a sparse file does not say how many there are.</summary>
    public Table Widened(int columns)
    {
        if (columns <= Columns) return this;
        var features = new float[TableBuilder.Checked((long)Rows * columns)];
        features.AsSpan().Fill(float.NaN);
        for (var row = 0; row < Rows; row++) Row(row).CopyTo(features.AsSpan(row * columns));
        return this with { Columns = columns, Features = features };
    }

    /// <summary>Some of the rows, in the order given.</summary>
    public Table Selected(ReadOnlySpan<int> rows)
    {
        var features = new float[rows.Length * Columns];
        var labels = new float[rows.Length];
        var weights = Weights is null ? null : new float[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            Row(rows[i]).CopyTo(features.AsSpan(i * Columns));
            labels[i] = Labels[rows[i]];
            if (weights is not null) weights[i] = Weights![rows[i]];
        }

        return this with { Features = features, Labels = labels, Weights = weights };
    }
}
