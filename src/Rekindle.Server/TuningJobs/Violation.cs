namespace Rekindle.Server.TuningJobs;

/// <summary>One rule that a request breaks.</summary>
/// <param name="Rule">The rule's name, stable for programs.</param>
/// <param name="Path">Where in the request, as AWS writes it: lowerCamelCase, list items as <c>.1.member</c>.</param>
/// <param name="Message">A sentence for the user, with the field, the value and the rule.</param>
/// <param name="Kind">Which error the request is answered with.</param>
internal sealed record Violation(string Rule, string Path, string Message, ViolationKind Kind = ViolationKind.Validation)
{
    /// <summary>Which of the tuning job's algorithms it is about, from 0.</summary>
    public int Algorithm { get; init; }
}

internal enum ViolationKind
{
    /// <summary>Answered with <c>ValidationException</c>.</summary>
    Validation,

    /// <summary>Answered with <c>ResourceLimitExceeded</c>.</summary>
    ResourceLimit,
}
