using System.Runtime.InteropServices;
using System.Text;

namespace Rekindle.Algorithms.LightGbm;

/// <summary>The part of LightGBM's C interface that is used here. Every function gives 0, or else there is a last error.</summary>
/// <remarks>https://lightgbm.readthedocs.io/en/stable/C-API.html</remarks>
internal static partial class Native
{
    public const int Float32 = 0;
    private const string Library = "lib_lightgbm";
    private const int LongestName = 128;

    /// <exception cref="ClientErrorException">LightGBM's reason, when the code tells a failure.</exception>
    public static void Check(int code)
    {
        if (code != 0) throw new ClientErrorException($"LightGBM refuses this training: {Marshal.PtrToStringUTF8(GetLastError())}");
    }

    /// <summary>The metrics of a booster, in the order of their values.</summary>
    public static unsafe IReadOnlyList<string> MetricNames(Booster booster)
    {
        Check(BoosterGetEvalCounts(booster, out var count));
        var bytes = new byte[Math.Max(1, count * LongestName)];
        var starts = new nint[count];
        fixed (byte* texts = bytes)
        {
            for (var i = 0; i < count; i++) starts[i] = (nint)(texts + (i * LongestName));
            Check(BoosterGetEvalNames(booster, count, out _, LongestName, out var longest, starts));
            if (longest > LongestName) throw new InvalidOperationException("A metric has a name of more than 127 letters.");
            return [.. Enumerable.Range(0, count).Select(i => Text(bytes.AsSpan(i * LongestName, LongestName)))];
        }

        static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes[..bytes.IndexOf((byte)0)]);
    }

    /// <summary>Sends the library's own messages to standard output in order with the others.</summary>
    public static unsafe void LogToConsole() => Check(RegisterLogCallback(&Log));

    [LibraryImport(Library, EntryPoint = "LGBM_DatasetCreateFromMat", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int DatasetCreateFromMat(
        float[] data, int type, int rows, int columns, int isRowMajor, string parameters, nint reference, out Dataset dataset);

    [LibraryImport(Library, EntryPoint = "LGBM_DatasetSetField", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int DatasetSetField(Dataset dataset, string field, float[] data, int count, int type);

    [LibraryImport(Library, EntryPoint = "LGBM_DatasetFree")]
    public static partial int DatasetFree(nint dataset);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterCreate", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int BoosterCreate(Dataset train, string parameters, out Booster booster);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterAddValidData")]
    public static partial int BoosterAddValidData(Booster booster, Dataset validation);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterUpdateOneIter")]
    public static partial int BoosterUpdateOneIter(Booster booster, out int isFinished);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterGetEval")]
    public static partial int BoosterGetEval(Booster booster, int dataset, out int count, [Out] double[] values);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterSaveModel", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int BoosterSaveModel(Booster booster, int start, int count, int importance, string path);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterFree")]
    public static partial int BoosterFree(nint booster);

    [LibraryImport(Library, EntryPoint = "LGBM_GetLastError")]
    private static partial nint GetLastError();

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterGetEvalCounts")]
    private static partial int BoosterGetEvalCounts(Booster booster, out int count);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterGetEvalNames")]
    private static partial int BoosterGetEvalNames(Booster booster, int count, out int written, nuint length, out nuint longest, nint[] names);

    [LibraryImport(Library, EntryPoint = "LGBM_RegisterLogCallback")]
    private static unsafe partial int RegisterLogCallback(delegate* unmanaged[Cdecl]<byte*, void> callback);

    [UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static unsafe void Log(byte* message) => Console.Out.Write(Marshal.PtrToStringUTF8((nint)message));
}

/// <summary>LightGBM's binned rows.</summary>
internal sealed class Dataset() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => Native.DatasetFree(handle) == 0;
}

/// <summary>LightGBM's model in training. It must be closed before its datasets.</summary>
internal sealed class Booster() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => Native.BoosterFree(handle) == 0;
}
