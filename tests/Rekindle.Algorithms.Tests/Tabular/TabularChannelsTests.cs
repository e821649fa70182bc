using Rekindle.Algorithms.Tabular;

namespace Rekindle.Algorithms.Tests.Tabular;

public sealed class TabularChannelsTests
{
    [Fact]
    public void CSV_has_the_label_first_and_no_value_where_a_field_is_empty()
    {
        using var folder = new TableFolder().With("train", "1,0.5,,-3e2\r\n\n0, 2 ,nan,7\n");
        var (train, _) = Read(folder);
        Assert.Equal((2, 3), (train.Rows, train.Columns));
        Assert.Equal([1, 0], train.Labels);
        Assert.Equal([0.5f, float.NaN, -300, 2, float.NaN, 7], train.Features);
        Assert.Null(train.Weights);
    }

    [Fact]
    public void Several_files_are_read_in_the_order_of_their_names_and_what_tools_leave_is_passed_over()
    {
        using var folder = new TableFolder().With("train", "2,2", "b/part").With("train", "1,1", "a.csv").With("train", "", "_SUCCESS").With("train", "x", ".crc");
        Assert.Equal([1, 2], Read(folder).Train.Labels);
    }

    [Fact]
    public void The_second_column_is_the_weight_when_it_is_said_so_in_the_training_rows_alone()
    {
        using var folder = new TableFolder().With("train", "1,0.5,3\n0,2,4\n").With("validation", "1,9\n");
        var (train, others) = new TabularChannels("xgboost", new OptMl(folder.Path), default).Read(weighted: true, "validation");
        Assert.Equal([0.5f, 2], train.Weights!);
        Assert.Equal([3, 4], train.Features);
        Assert.Null(others[0]!.Weights);
    }

    [Fact]
    public void Sparse_rows_miss_what_they_do_not_name_and_are_as_wide_as_the_widest_channel()
    {
        using var folder = new TableFolder().With("train", "1 0:0.5 2:3 # so it is\n0:0.25 1:1\n").With("validation", "1 4:9\n");
        var (train, others) = Read(folder);
        Assert.Equal([0.5f, float.NaN, 3, float.NaN, float.NaN, float.NaN, 1, float.NaN, float.NaN, float.NaN], train.Features);
        Assert.Equal([1, 0.25f], train.Weights!);
        Assert.Equal([float.NaN, float.NaN, float.NaN, float.NaN, 9], others[0]!.Features);
    }

    [Theory]
    [InlineData("text/csv", "0,1\n")]
    [InlineData("text/csv; label_size=1", "0,1\n")]
    [InlineData("text/libsvm", "0 0:1\n")]
    [InlineData("text/x-libsvm", "0 0:1\n")]
    public void The_content_type_tells_the_format(string type, string content)
    {
        using var folder = new TableFolder().With("train", content).Typed(("train", type));
        Assert.Equal([1], Read(folder).Train.Features);
    }

    [Theory]
    [InlineData("text/csv", "age,sex\n1,2", "line 1: column 1: the label 'age' is not a finite number. The files have no header line.")]
    [InlineData("text/csv", "1,2\n1,abc", "line 2: column 2: 'abc' is not a finite number.")]
    [InlineData("text/csv", "1,2\n1,inf", "line 2: column 2: 'inf' is not a finite number.")]
    [InlineData("text/csv", "1,2\n,2", "line 2: the label is missing.")]
    [InlineData("text/csv", "1,2\n1,2,3", "line 2: it has 3 fields, but the lines before have 2.")]
    [InlineData("text/csv", "1", "line 1: a line must be a label and at least one feature, separated by commas; it has 1 field(s).")]
    [InlineData("text/csv", "", "The channel 'train' holds no row")]
    [InlineData("text/csv;label_size=2", "1,2", "each row has exactly one label here")]
    [InlineData("text/libsvm", "1 0:1\n0 1", "line 2: '1' is not index:value.")]
    [InlineData("text/libsvm", "1 -1:1", "the index '-1' is not a whole number of at least 0")]
    [InlineData("text/libsvm", "1 3:1 2:1", "the index 2 comes after 3; indices must ascend.")]
    [InlineData("text/libsvm", "1:-2 0:1", "the weight '-2' is not a number of at least 0.")]
    [InlineData("text/libsvm", "1\n0\n", "No line of the files has a feature, index:value.")]
    [InlineData("text/libsvm", "1 2147483646:1\n0 0:1\n", "at most 2147483591 fit into memory here")]
    [InlineData("application/x-parquet", "PAR1", "has ContentType 'application/x-parquet'; xgboost reads text/csv, text/libsvm and")]
    [InlineData("application/x-recordio-protobuf", "1,2,3,4,5", "expected the RecordIO magic")]
    public void What_is_wrong_with_the_data_is_told_with_its_place(string type, string content, string expected)
    {
        using var folder = new TableFolder().With("train", content).Typed(("train", type));
        Assert.Contains(expected, Assert.Throws<ClientErrorException>(() => Read(folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_channels_and_channels_of_other_widths_are_told()
    {
        using var none = new TableFolder().With("validation", "1,2");
        Assert.Equal("The channel 'train' is required, but not given.", Assert.Throws<ClientErrorException>(() => Read(none)).Message);
        using var gone = new TableFolder().Typed(("train", "text/csv"));
        Assert.Contains("does not exist", Assert.Throws<ClientErrorException>(() => Read(gone)).Message, StringComparison.Ordinal);
        using var wide = new TableFolder().With("train", "1,2").With("validation", "1,2,3");
        Assert.Equal("The channel 'train' has 1 features, but another channel has 2.", Assert.Throws<ClientErrorException>(() => Read(wide)).Message);
    }

    [Fact]
    public void An_objective_metric_of_a_channel_that_is_not_there_is_told_before_the_training()
    {
        using var folder = new TableFolder().With("train", "1,2");
        var channels = new TabularChannels("xgboost", new OptMl(folder.Path), default);
        channels.CheckObjective(new Dictionary<string, string> { ["_tuning_objective_metric"] = "train:rmse" });
        var error = Assert.Throws<ClientErrorException>(() => channels.CheckObjective(new Dictionary<string, string> { ["_tuning_objective_metric"] = "validation:rmse" }));
        Assert.Equal("The objective metric validation:rmse needs the channel 'validation', which is not given.", error.Message);
    }

    private static (Table Train, Table?[] Others) Read(TableFolder folder) =>
        new TabularChannels("xgboost", new OptMl(folder.Path), default).Read(weighted: false, "validation");
}
