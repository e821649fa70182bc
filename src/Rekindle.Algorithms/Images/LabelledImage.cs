namespace Rekindle.Algorithms.Images;

/// <summary>An image of a channel with its class, decoded only when asked for.</summary>
/// <param name="Label">The class, from 0.</param>
/// <param name="Origin">Where it comes from, for messages: the file, and the offset in it.</param>
/// <param name="Decode">Gives the pixels with the wanted number of channels (1 or 3).</param>
internal sealed record LabelledImage(int Label, string Origin, Func<int, Pixmap> Decode);
