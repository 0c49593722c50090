using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Tests.Models;

namespace Ibke.Runtime.Tests.Editing;

/// <summary>A folder with the embedded model's editor, in which something can be changed.</summary>
internal sealed class EditorFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly JsonObject _settings;
    private readonly Dictionary<string, StoredTensor> _tensors;

    public EditorFolder()
    {
        _settings = JsonNode.Parse(File.ReadAllText(System.IO.Path.Combine(Atlas.Folder, "editor.json")))!.AsObject();
        _tensors = SafetensorsFile.Open(System.IO.Path.Combine(Atlas.Folder, "editor.safetensors")).Tensors.ToDictionary();
        Save();
    }

    public string Path => _folder.Path;

    /// <summary>The first layer that the editor edits; it edits all from there on.</summary>
    public int FirstLayer => (int)_settings["first_layer"]!;

    /// <summary>The number of layers that it edits.</summary>
    public int Layers => (int)_settings["layers"]!;

    public string TensorFile => _folder["editor.safetensors"];

    public void Set(string key, JsonNode? value)
    {
        _settings[key] = value;
        Save();
    }

    public void Set(string name, TensorShape shape, float[] values)
    {
        _tensors[name] = new StoredTensor(name, ElementType.Float32, shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
        Save();
    }

    public void Remove(string name)
    {
        _tensors.Remove(name);
        Save();
    }

    public float[] Values(string name) => MemoryMarshal.Cast<byte, float>(_tensors[name].Bytes.ToArray()).ToArray();

    /// <summary>Makes it an editor of the linear form, with a second moment that is not the identity.</summary>
    public void MakeLinear(LanguageModel model, float ridge)
    {
        int layers = Layers, size = model.Config.HiddenSize;
        float[] moment = new float[layers * size * size];
        for (int i = 0; i < moment.Length; i++)
        {
            int row = i / size % size, column = i % size;
            moment[i] = MathF.Exp(-MathF.Abs(row - column)) * (1 + (0.01f * (i / (size * size))));
        }

        Set("moment", new TensorShape(layers, size, size), moment);
        Set("ridge", new TensorShape(layers), [.. Enumerable.Repeat(ridge, layers)]);
        Remove("key.weight");
        Remove("thr.weight");
        Set("format", "ibke-linear");
    }

    public void Dispose() => _folder.Dispose();

    private void Save()
    {
        File.WriteAllText(_folder["editor.json"], _settings.ToJsonString());
        SafetensorsWriter.Write(TensorFile, _tensors.Values);
    }
}
