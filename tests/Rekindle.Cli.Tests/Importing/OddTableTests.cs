using Rekindle.Cli.Importing;

namespace Rekindle.Cli.Tests.Importing;

/// <summary>Tables as spreadsheets, other languages and careless scripts write them.</summary>
public sealed class OddTableTests
{
    private static readonly CsvSettings Accuracy = new() { Objective = "acc", Goal = "max" };

    [Theory]
    [InlineData("lr;acc\n0,001;0,93\n0,01;0,95", "'0,93' in row 1")]
    [InlineData("lr;acc\n0.001;\n0.01;0,95", "'0,95' in row 2")]
    [InlineData("lr;acc\n0.001;1\n0.01;0,95", "'0,95' in row 2")]
    [InlineData("lr,acc\n0.1,nan\n0.2,run-7\n0.3,run-8", "'run-7' in row 2")]
    public void An_objective_of_texts_or_decimal_commas_is_refused_with_the_cell(string table, string place)
    {
        var message = Assert.Throws<FormatException>(() => CsvImport.Read(table, Accuracy, "runs")).Message;

        Assert.Contains($"The objective acc is {place}", message, StringComparison.Ordinal);
        Assert.Contains("have a point", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lr=0.1", "0.01")]
    [InlineData("lr=", "0.1")]
    public void A_column_is_not_said_to_be_static_against_its_values(string said, string other)
    {
        var message = Assert.Throws<FormatException>(
            () => CsvImport.Read("lr,opt,acc\n0.1,a,0.5\n0.01,b,0.6", Accuracy with { Statics = [said] }, "runs")).Message;

        Assert.Contains($"the column lr holds other values, such as {other}", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_static_that_its_column_agrees_with_or_that_has_none_is_taken()
    {
        var job = CsvImport.Read("lr,opt,acc\n0.10,a,0.5\n0.1,b,0.6", Accuracy with { Statics = ["lr=0.1", "epochs=3"] }, "runs");

        Assert.Equal(("0.1", "3"), (job.Statics["lr"], job.Statics["epochs"]));
    }

    [Fact]
    public void An_objective_that_no_row_has_is_no_mistake()
    {
        var job = CsvImport.Read("lr,acc\n0.1,\n0.2,NaN\n0.3,inf\n0.4,None\n0.5,-", Accuracy, "runs");

        Assert.All(job.Runs, run => Assert.Equal("Failed", run.Status));
    }

    [Fact]
    public void A_hyperparameter_of_decimal_commas_becomes_categories_with_a_note()
    {
        var job = CsvImport.Read("lr;mixed;said;acc\n0,001;1;0,5;0.93\n0,01;one,two;0,7;0.95", Accuracy with { Categoricals = ["said"] }, "runs");

        Assert.All(job.Ranges, range => Assert.Equal(RangeKind.Categorical, range.Kind));
        Assert.Contains("The column lr is taken as categories, since '0,001' is no number", Assert.Single(job.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Nan_among_numbers_is_a_missing_value_and_among_texts_a_text()
    {
        var job = CsvImport.Read("lr,opt,acc\n0.1,sgd,0.5\nNaN,nan,0.6\n0.001,adam,0.7", Accuracy, "runs");

        Assert.Equal((RangeKind.Continuous, "0.001", "0.1"), (job.Ranges[0].Kind, job.Ranges[0].Min, job.Ranges[0].Max));
        Assert.Equal(["sgd", "nan", "adam"], job.Ranges[1].Values);
        Assert.Equal(["opt"], job.Runs[1].Values.Keys);
        Assert.Contains("lr is nan in 1 rows", Assert.Single(job.Notes), StringComparison.Ordinal);
        Assert.Contains(
            "holds no number",
            Assert.Throws<FormatException>(() => CsvImport.Read("lr,acc\nnan,1\nnan,2", Accuracy, "runs")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_break_of_Windows_within_quotes_stays_and_ends_no_row()
    {
        var job = CsvImport.Read("note,lr,acc\r\n\"two\r\nlines\",0.1,0.5\r\nplain,0.2,0.75\r\n", Accuracy, "runs");

        Assert.Equal(["two\r\nlines", "plain"], job.Ranges[0].Values);
        Assert.Equal([0.5, 0.75], job.Runs.Select(run => run.Objective));
    }

    [Fact]
    public void One_row_has_no_range_and_that_is_noted()
    {
        var job = CsvImport.Read("lr,opt,acc\n0.1,sgd,0.5", Accuracy, "runs");

        Assert.Empty(job.Ranges);
        Assert.Equal(["lr", "opt"], job.Statics.Keys.Order());
        Assert.Contains(job.Notes, note => note.StartsWith("No column varies", StringComparison.Ordinal));
        Assert.DoesNotContain(
            CsvImport.Read("lr,opt,acc\n0.1,sgd,0.5", Accuracy with { Ranges = ["lr=0.01..1"] }, "runs").Notes,
            note => note.StartsWith("No column varies", StringComparison.Ordinal));
    }

    [Fact]
    public void Names_and_values_may_hold_equals_signs()
    {
        const string Table = "opt,a=b,acc\nx,1,0.5\ny,2,0.75";

        var job = CsvImport.Read(
            Table, Accuracy with { Statics = ["args=--lr=0.1"], Categoricals = ["opt=a=b,c"], Ranges = ["a=b = 0..5"] }, "runs");

        Assert.Equal(new Dictionary<string, string> { ["args"] = "--lr=0.1" }, job.Statics);
        Assert.Equal(["a=b", "c"], job.Ranges[0].Values);
        Assert.Equal(("a=b", "0", "5"), (job.Ranges[1].Name, job.Ranges[1].Min, job.Ranges[1].Max));
        Assert.Contains(
            "no column depth",
            Assert.Throws<FormatException>(() => CsvImport.Read(Table, Accuracy with { Ranges = ["depth=1..2"] }, "runs")).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lr=1..64:int:log", "Integer", "Logarithmic")]
    [InlineData("lr=1..64:LOG:int", "Integer", "Logarithmic")]
    [InlineData("lr=1..64", "Continuous", "Auto")]
    public void A_range_may_say_that_it_is_of_whole_numbers(string range, string kind, string scaling)
    {
        var job = CsvImport.Read("lr,acc\n1.5,0.5\n2,0.75", Accuracy with { Ranges = [range] }, "runs");

        Assert.Equal((kind, scaling), (job.Ranges[0].Kind.ToString(), job.Ranges[0].Scaling));
    }

    [Theory]
    [InlineData("lr=0.5..2:int", "are whole")]
    [InlineData("lr=1..2:log:linear", "'linear' is no scaling")]
    [InlineData("lr=1..2:int:whole", "'whole' is no scaling")]
    public void A_range_that_contradicts_itself_is_refused(string range, string words) => Assert.Contains(
        words,
        Assert.Throws<FormatException>(() => CsvImport.Read("lr,acc\n1,0.5\n2,0.75", Accuracy with { Ranges = [range] }, "runs")).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("sgd, adam", "sgd|adam")]
    [InlineData("[64,32],[128]", "[64,32]|[128]")]
    [InlineData("""{"a":[1,2],"b":3},[]""", """{"a":[1,2],"b":3}|[]""")]
    [InlineData("\"sgd\",\"a,b\"", "\"sgd\"|\"a,b\"")]
    [InlineData("""["a]",1],"say \"hi, you\"" """, """["a]",1]|"say \"hi, you\"" """)]
    [InlineData(@"a\,b,c\d", @"a,b|c\d")]
    [InlineData("a[,b", "a[|b")]
    [InlineData("a],b", "a]|b")]
    [InlineData("5\",6\",7\"", "5\"|6\"|7\"")]
    public void Commas_within_quotes_and_brackets_divide_no_categories(string text, string expected) =>
        Assert.Equal(expected.Trim(), string.Join('|', CategoryList.Split(text)));
}
