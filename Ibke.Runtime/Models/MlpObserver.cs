using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models;

/// <summary>Is shown every MLP of a forward pass, in the order of layers, before its output is used further.</summary>
/// <param name="layer">The number of the block, from 0.</param>
/// <param name="input">[rows, hidden size]: what enters the MLP, after its norm.</param>
/// <param name="output">[rows, hidden size]: what leaves it, the neurons of edits included.</param>
/// <remarks>
/// Both tensors are the pass's own and are disposed when it is done with them: copy what you keep. On a tape the output may be
/// watched here, which makes its gradient available even though the tensor itself is disposed.
/// </remarks>
public delegate void MlpObserver(int layer, Tensor input, Tensor output);
