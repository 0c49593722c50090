using System.Buffers.Binary;
using System.Text;

namespace Ibke.Runtime.Tests.Checkpoints;

/// <summary>Safetensors files written by hand, so that they can be wrong.</summary>
internal static class SafetensorsBytes
{
    /// <summary>A header, and as many data bytes 0, 1, 2, … as wanted.</summary>
    public static byte[] Of(string header, int dataBytes)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        return [.. Length((ulong)json.Length), .. json, .. Enumerable.Range(0, dataBytes).Select(i => (byte)i)];
    }

    /// <summary>The eight bytes before the header.</summary>
    public static byte[] Length(ulong length)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        return bytes;
    }
}
