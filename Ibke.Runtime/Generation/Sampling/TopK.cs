namespace Ibke.Runtime.Generation.Sampling;

/// <summary>Keeps the tokens whose logit is at least the k-th largest; ties with it stay.</summary>
internal sealed class TopK(int k) : ICandidateFilter
{
    public void Apply(Candidates candidates)
    {
        if (k >= candidates.Count)
        {
            return;
        }

        // The k largest so far, the smallest of them on top.
        PriorityQueue<float, float> largest = new(k);
        foreach (float logit in candidates.Logits)
        {
            if (largest.Count < k)
            {
                largest.Enqueue(logit, logit);
            }
            else if (logit > largest.Peek())
            {
                largest.EnqueueDequeue(logit, logit);
            }
        }

        float threshold = largest.Peek();
        Span<bool> keep = candidates.Keep;
        for (int i = 0; i < keep.Length; i++)
        {
            keep[i] = candidates.Logits[i] >= threshold;
        }

        candidates.DropUnkept();
    }
}
