namespace Rekindle.Algorithms.Tabular;

/// <summary>Collects rows whose number is not known beforehand.</summary>
internal sealed class TableBuilder
{
    private readonly List<float> _labels = [];
    private readonly List<float> _weights = [];
    private bool _isWeighted;
    private float[] _features = new float[1024];
    private int _used;

    /// <summary>Null before the first row.</summary>
    public int? Columns { get; private set; }

    public int Rows => _labels.Count;

    public static int Checked(long cells) => cells <= Array.MaxLength
        ? (int)cells
        : throw new ClientErrorException($"The data has {cells} cells, missing ones included; at most {Array.MaxLength} fit into memory here.");

    /// <summary>Adds a row of as many features as the rows before.</summary>
    public void Add(float label, float? weight, ReadOnlySpan<float> features)
    {
        Columns ??= features.Length;
        if (features.Length != Columns) throw new ArgumentException("A row with another number of features.", nameof(features));
        var end = Checked((long)_used + features.Length);
        if (end > _features.Length) Array.Resize(ref _features, (int)Math.Clamp(2L * _features.Length, end, Array.MaxLength));
        features.CopyTo(_features.AsSpan(_used));
        _used = end;
        _labels.Add(label);
        _weights.Add(weight ?? 1);
        _isWeighted |= weight is not null;
    }

    public Table Build() => new()
    {
        Columns = Columns ?? 0,
        Features = _features.AsSpan(0, _used).ToArray(),
        Labels = [.. _labels],
        Weights = _isWeighted ? [.. _weights] : null,
    };
}
