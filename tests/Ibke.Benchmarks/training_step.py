"""The training step of `-- training` in PyTorch, to compare with: the same sizes and number of rows, forward and the gradients of all weights.

Matrix products take the rows of all sequences together; attention takes sequences of like length padded to the longest of them.
python3 training_step.py [THREADS [REPEATS]]; needs PyTorch 1.13 or newer (Debian: python3-torch).
"""

import math
import random
import statistics
import sys
import time

import torch

THREADS = int(sys.argv[1]) if len(sys.argv) > 1 else 2
REPEATS = int(sys.argv[2]) if len(sys.argv) > 2 else 7
VOCABULARY, HIDDEN, LAYERS, HEADS, HEAD, MLP, LEARNED = 3072, 256, 6, 4, 64, 640, 1580


def weight(*shape):
    return (torch.randn(*shape) * 0.02).requires_grad_()


def norm(x, scale):
    return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + 1e-5) * scale


def rotate(x):
    angles = torch.arange(x.shape[2])[:, None] / 10000 ** (torch.arange(0, HEAD, 2) / HEAD)
    cos, sin = torch.cat([angles.cos()] * 2, -1), torch.cat([angles.sin()] * 2, -1)
    return x * cos + torch.cat([-x[..., HEAD // 2:], x[..., :HEAD // 2]], -1) * sin


def attend(q, k, v, groups, rows):
    padded = [torch.cat([x, x.new_zeros(1, x.shape[1])]) for x in (q, k, v)]
    parts = []
    for places in groups:
        count, longest = places.shape
        a, b, c = [x[places].view(count, longest, -1, HEAD).transpose(1, 2) for x in padded]
        scores = rotate(a) @ rotate(b).transpose(2, 3) / math.sqrt(HEAD) + torch.full((longest, longest), -1e30).triu(1)
        given = (torch.softmax(scores, -1) @ c).transpose(1, 2).reshape(count * longest, -1)
        parts.append(given[(places < rows).view(-1)])
    return torch.cat(parts)


def main():
    torch.set_num_threads(THREADS)
    torch.manual_seed(1)
    random.seed(1)
    lengths = [sorted(random.randint(n // 2, n) for _ in range(c)) for c, n in ((96, 32), (20, 96), (20, 192), (4, 384))]
    rows, groups = sum(map(sum, lengths)), []
    first = 0
    for group in lengths:
        places = torch.full((len(group), max(group)), rows)
        for i, n in enumerate(group):
            places[i, :n] = torch.arange(first, first + n)
            first += n
        groups.append(places)

    embedding, last = weight(VOCABULARY, HIDDEN), weight(HIDDEN)
    shapes = [(HIDDEN,), *[(HEADS * HEAD, HIDDEN)] * 3, (HIDDEN, HEADS * HEAD), (HIDDEN,), (MLP, HIDDEN), (MLP, HIDDEN), (HIDDEN, MLP)]
    layers = [[weight(*shape) for shape in shapes] for _ in range(LAYERS)]
    weights = [embedding, last, *(x for layer in layers for x in layer)]
    ids, learned = torch.randint(0, VOCABULARY, (rows,)), torch.randperm(rows)[:LEARNED].sort().values
    targets = torch.randint(0, VOCABULARY, (LEARNED,))

    def step():
        x = embedding[ids]
        for norm1, q, k, v, o, norm2, gate, up, down in layers:
            h = norm(x, norm1)
            x = x + attend(h @ q.T, h @ k.T, h @ v.T, groups, rows) @ o.T
            h = norm(x, norm2)
            x = x + (torch.nn.functional.silu(h @ gate.T) * (h @ up.T)) @ down.T
        loss = torch.nn.functional.cross_entropy(norm(x, last)[learned] @ embedding.T, targets)
        torch.autograd.grad(loss, weights)

    def seconds(action):
        start = time.perf_counter()
        action()
        return time.perf_counter() - start

    left, right = torch.randn(960, 1536), torch.randn(1536, 1536)
    step()
    took = statistics.median(seconds(step) for _ in range(REPEATS))
    product = statistics.median(seconds(lambda: left @ right) for _ in range(4 * REPEATS))
    print(f"PyTorch {torch.__version__}, {THREADS} threads, {rows} rows: step {took:.3f} s, {rows / took:.0f} tokens/s; "
          f"matrix product {2 * 960 * 1536 * 1536 / product / 1e9:.0f} GFLOP/s")


main()
