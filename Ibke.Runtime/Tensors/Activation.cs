namespace Ibke.Runtime.Tensors;

/// <summary>An elementwise nonlinearity. Names follow the <c>hidden_act</c> entry of published configurations.</summary>
public enum Activation
{
    /// <summary><c>x / (1 + exp(-x))</c>; also called swish.</summary>
    Silu,

    /// <summary><c>x · Φ(x)</c> with the error function.</summary>
    Gelu,

    /// <summary>The tanh approximation of <see cref="Gelu"/>.</summary>
    GeluTanh,

    /// <summary><c>max(x, 0)</c>; gradient 0 at 0.</summary>
    Relu,

    /// <summary><c>1 / (1 + exp(-x))</c>.</summary>
    Sigmoid,

    /// <summary><c>tanh(x)</c>.</summary>
    Tanh,

    /// <summary><c>x / (1 + exp(-1.702 x))</c>; another approximation of <see cref="Gelu"/>.</summary>
    QuickGelu,
}
