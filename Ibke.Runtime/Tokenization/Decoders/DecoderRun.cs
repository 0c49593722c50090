using System.Text;

namespace Ibke.Runtime.Tokenization.Decoders;

/// <summary>One text on its way through a decoder. Belongs to one caller at a time.</summary>
/// <param name="next">Receives what comes out; null at the end of the way.</param>
internal abstract class DecoderRun(DecoderRun? next)
{
    /// <summary>Receives what comes out.</summary>
    protected DecoderRun Next => next!;

    /// <summary>Takes a token, or a part of one, and hands on what is certain; what may still change waits.</summary>
    public abstract void Append(string token);

    /// <summary>Hands on what waited. The run begins anew.</summary>
    public virtual void End() => next?.End();
}

/// <summary>A decoded text that is handed out part by part. Belongs to one caller at a time.</summary>
internal sealed class DecodedText
{
    private readonly DecoderRun _run;
    private readonly Sink _sink = new();

    /// <summary>Begins a new text.</summary>
    public DecodedText(TokenDecoder decoder) => _run = decoder.Begin(_sink, fused: false);

    /// <summary>The text that is certain once the token has come.</summary>
    public string Append(string token)
    {
        _run.Append(token);
        return _sink.Take();
    }

    /// <summary>The text that waited, at the end. A new text begins.</summary>
    public string Flush()
    {
        _run.End();
        return _sink.Take();
    }

    private sealed class Sink() : DecoderRun(null)
    {
        private readonly StringBuilder _text = new();
        private string _single = "";

        public override void Append(string token)
        {
            if (_single.Length == 0 && _text.Length == 0)
            {
                _single = token;
                return;
            }

            _text.Append(_single).Append(token);
            _single = "";
        }

        public string Take()
        {
            string text = _text.Length == 0 ? _single : _text.Append(_single).ToString();
            _text.Clear();
            _single = "";
            return text;
        }
    }
}

/// <summary>Keeps the parts of one token until it is complete, for decoders that must see it whole.</summary>
internal sealed class CollectingRun(DecoderRun next) : DecoderRun(next)
{
    private readonly StringBuilder _token = new();

    public override void Append(string token) => _token.Append(token);

    public override void End()
    {
        Next.Append(_token.ToString());
        _token.Clear();
        base.End();
    }
}
