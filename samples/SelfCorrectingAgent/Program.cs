#if SEMANTIC_KERNEL
const string Host = "Semantic Kernel agent";
#else
const string Host = "the runtime's own tool loop";
#endif
Console.WriteLine($"Host: {Host}");
