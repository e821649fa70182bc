namespace Rekindle.Server.TrainingJobs;

/// <summary>Reads the name of a training image: <c>registry/path/repository:tag@digest</c>, of which all but the repository may be missing.</summary>
internal static class ImageName
{
    /// <summary>The last part of the path without tag and digest: <c>image-classification</c> of <c>1.dkr.ecr.us-east-1.amazonaws.com/image-classification:1</c>.</summary>
    public static string RepositoryOf(string image)
    {
        var digest = image.IndexOf('@', StringComparison.Ordinal);
        var name = digest < 0 ? image : image[..digest];
        name = name[(name.LastIndexOf('/') + 1)..];
        var tag = name.IndexOf(':', StringComparison.Ordinal);
        return tag < 0 ? name : name[..tag];
    }
}
