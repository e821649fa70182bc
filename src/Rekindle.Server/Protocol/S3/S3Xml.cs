using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Rekindle.Server.Protocol.S3;

/// <summary>Writes and reads S3's documents.</summary>
internal static class S3Xml
{
    // The documents of S3 that clients send are three deep, and the longest lists ten thousand parts.
    private const int MostDepth = 8;
    private const int MostElements = 100_000;

    public const string Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

    private static readonly XmlWriterSettings Writing = new()
    {
        Encoding = new UTF8Encoding(false),
        // Keys may hold what XML can't: it is written as a reference, as S3 does.
        CheckCharacters = false,
        NewLineHandling = NewLineHandling.Entitize,
    };

    private static readonly XmlReaderSettings Reading = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        CheckCharacters = false,
        MaxCharactersInDocument = 16 << 20,
    };

    public static byte[] Write(string root, string? xmlNamespace, Action<XmlWriter> content)
    {
        using var bytes = new MemoryStream();
        using (var xml = XmlWriter.Create(bytes, Writing))
        {
            xml.WriteStartElement(root, xmlNamespace);
            content(xml);
            xml.WriteEndElement();
        }

        return bytes.ToArray();
    }

    /// <summary>An element with text; nothing for null.</summary>
    public static void Add(this XmlWriter xml, string name, string? text)
    {
        if (text is null) return;
        xml.WriteStartElement(name);
        xml.WriteString(text);
        xml.WriteEndElement();
    }

    public static void Add(this XmlWriter xml, string name, long number) => xml.Add(name, number.ToString(CultureInfo.InvariantCulture));

    public static void Add(this XmlWriter xml, string name, bool flag) => xml.Add(name, flag ? "true" : "false");

    public static void Add(this XmlWriter xml, string name, DateTimeOffset time) => xml.Add(name, Time(time));

    public static void Add(this XmlWriter xml, string name, Action<XmlWriter> content)
    {
        xml.WriteStartElement(name);
        content(xml);
        xml.WriteEndElement();
    }

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static string Quoted(string tag) => $"\"{tag}\"";

    /// <summary>A document whose root has this name.</summary>
    /// <exception cref="S3Refusal">It is none.</exception>
    public static XElement Read(byte[] document, string root)
    {
        try
        {
            DemandModest(document);
            using var reader = XmlReader.Create(new MemoryStream(document), Reading);
            if (XDocument.Load(reader).Root is { } element && element.Name.LocalName == root) return element;
        }
        catch (Exception problem) when (problem is XmlException or ArgumentException)
        {
            // What it is instead does not matter.
        }

        throw Malformed();
    }

    // What reads a tree afterwards goes down by recursion, and a stack that is used up ends the process.
    private static void DemandModest(byte[] document)
    {
        using var reader = XmlReader.Create(new MemoryStream(document), Reading);
        var elements = 0;
        while (reader.Read())
        {
            if (reader.Depth > MostDepth || (reader.NodeType == XmlNodeType.Element && ++elements > MostElements)) throw Malformed();
        }
    }

    public static IEnumerable<XElement> All(this XElement element, string name) => element.Elements().Where(inner => inner.Name.LocalName == name);

    /// <summary>The text of an element in another one; null when there is none.</summary>
    public static string? Text(this XElement element, string name) => element.All(name).FirstOrDefault()?.Value;

    public static S3Refusal Malformed() => new(
        S3Code.MalformedXML, "The XML you provided was not well-formed or did not validate against our published schema");
}
