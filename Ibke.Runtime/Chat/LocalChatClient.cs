using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Ibke.Runtime.Chat.ToolCalls;
using Ibke.Runtime.Generation;
using Ibke.Runtime.Models;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Chat;

/// <summary>
/// A model that runs in this process, as a chat client. The model's own template makes the prompt; function calls come as
/// <see cref="FunctionCallContent"/>, never as text; every reply says which edits were in force.
/// </summary>
/// <remarks>
/// <para>
/// Thread-safe: any number of requests may run at once. A request keeps the weights that were published when it was made. Replies are generated
/// off the caller's thread; a caller that stops reading, or cancels, stops the generation at the next token.
/// </para>
/// <para>
/// Where <see cref="ChatOptions"/> are silent, the model's <c>generation_config.json</c> decides how tokens are chosen, and where that says nothing,
/// decoding is greedy. Its <c>max_new_tokens</c> is not followed, so that no default cuts a reply: without
/// <see cref="ChatOptions.MaxOutputTokens"/>, <see cref="LocalChatClientOptions.MaximumOutputTokens"/> is the limit, and without that a reply
/// ends with the model's turn or the context. <c>min_p</c>, <c>typical_p</c> and <c>repetition_penalty</c> are read from
/// <see cref="ChatOptions.AdditionalProperties"/>; other additional properties are ignored. A required call is begun for the model, with its name where one is named.
/// </para>
/// <para>
/// With <see cref="ChatOptions.ResponseFormat"/> JSON a reply is a JSON object, or a value that satisfies the schema; where functions may be called, it is
/// that or calls. Reasoning before it stays free. Calls always name one of the functions, with arguments that satisfy its schema, or are any JSON
/// object where the schema is outside the supported subset; a free reply is constrained from the mark of a call on. A required call takes
/// precedence over the response format. What was begun that way is completed within <see cref="ChatOptions.MaxOutputTokens"/>; a limit too small for
/// any such reply, and a schema of a response format that is outside the subset (<see cref="Constraints.JsonSchemaException"/>), fail the request.
/// </para>
/// <para>
/// Function calls are read in the form that the model's chat template teaches (<see cref="LocalChatClientOptions.ToolCallFormat"/>). Streamed, a
/// call comes as soon as it is complete. A call that cannot be read stays text, to the character, with the reason under
/// <c>ibke.malformed_call</c> among the additional properties of the content and of the message; loops that call functions end there. In a
/// response that is not streamed all calls are text then: half of a plan is not carried out.
/// </para>
/// <para>
/// Only the template writes control tokens into a prompt: their text in a message, a function's result or its description stays text. In
/// messages of users and results of functions that holds for every token of its own that the template writes, such as the mark of a call.
/// </para>
/// <para>
/// With the additional properties <c>logprobs</c> (true) and <c>top_logprobs</c> (0 to 20) of a request, as OpenAI's interface has them, updates carry the
/// <see cref="TokenLogProbability"/> of the tokens since the update before under <c>ibke.logprobs</c>, an array; the last update and the message
/// carry those of all tokens, one that ends the reply included. They are of the model's own distribution, whatever the request rules out.
/// </para>
/// <para>
/// Messages and last updates carry <c>ibke.weight_version</c> (a long) and <c>ibke.edits</c> (ids of edits, an array of strings) among their
/// additional properties.
/// </para>
/// </remarks>
public sealed class LocalChatClient : IChatClient
{
    private const int BufferedUpdates = 64;

    private readonly LanguageModel _model;
    private readonly LocalChatClientOptions _options;
    private readonly TextGenerator _generator;
    private readonly PromptBuilder _prompts;
    private readonly ReplyConstraints _constraints;
    private readonly ChatClientMetadata _metadata;
    private readonly CancellationTokenSource _disposing = new();

    // One for the client itself and one for each running generation.
    private readonly CountdownEvent _running = new(1);
    private int _disposed;

    /// <summary>Makes a client.</summary>
    /// <param name="model">Stays the caller's; dispose it after the client.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="ArgumentException">The model has no chat template.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public LocalChatClient(LanguageModel model, LocalChatClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        _options = options ?? new LocalChatClientOptions();
        _options.Validate();
        _model = model;
        _prompts = new PromptBuilder(model, _options);
        _constraints = new ReplyConstraints();
        _generator = new TextGenerator(model, _options.PrefixCacheBytes);
        _metadata = new ChatClientMetadata("ibke", defaultModelId: model.Id);
    }

    /// <summary>The form in which function calls of the model are written and read.</summary>
    public ToolCallFormat ToolCallFormat => _prompts.Dialect.Calls.Format;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The conversation is empty, or an option has a value that no reply could honour.</exception>
    /// <exception cref="NotSupportedException">A message holds more than text, calls and results, or an option asks for what a local model does not offer.</exception>
    /// <exception cref="PromptTooLongException">The conversation does not fit into the context.</exception>
    /// <exception cref="ObjectDisposedException">The client was disposed before or while the reply was made.</exception>
    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        Answer(messages, options, isWhole: true, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The conversation is empty, or an option has a value that no reply could honour.</exception>
    /// <exception cref="NotSupportedException">A message holds more than text, calls and results, or an option asks for what a local model does not offer.</exception>
    /// <exception cref="PromptTooLongException">The conversation does not fit into the context.</exception>
    /// <exception cref="ObjectDisposedException">The client was disposed before or while the reply was made.</exception>
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        Answer(messages, options, isWhole: false, cancellationToken);

    /// <inheritdoc/>
    /// <remarks>Known are <see cref="ChatClientMetadata"/>, <see cref="LanguageModel"/> and the client itself.</remarks>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType == typeof(LanguageModel) ? _model
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Ends the running generations, waits until they have stopped, and returns their memory. The model stays.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _disposing.Cancel();
        _running.Signal();
        _running.Wait();
        _generator.Dispose();
        _disposing.Dispose();
        _running.Dispose();
    }

    private IAsyncEnumerable<ChatResponseUpdate> Answer(
        IEnumerable<ChatMessage> messages, ChatOptions? options, bool isWhole, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        ChatRequest request = ChatRequest.Read(messages, options, _model, _prompts.Dialect, _options) with { IsWhole = isWhole };
        return StreamAsync(request, cancellationToken);
    }

    private async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(
        ChatRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_disposed != 0 || !_running.TryAddCount(), this);
        Channel<ChatResponseUpdate> updates = Channel.CreateBounded<ChatResponseUpdate>(
            new BoundedChannelOptions(BufferedUpdates) { SingleReader = true, SingleWriter = true });
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposing.Token);
        Task generation = Task.Run(() => GenerateAsync(request, updates.Writer, stop.Token, cancellationToken), CancellationToken.None);
        try
        {
            await foreach (ChatResponseUpdate update in updates.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return update;
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await generation.ConfigureAwait(false);
        }
    }

    /// <summary>Generates a reply into the channel, which it completes, with the failure if there is one. Never throws.</summary>
    private async Task GenerateAsync(
        ChatRequest request, ChannelWriter<ChatResponseUpdate> updates, CancellationToken stop, CancellationToken callersToken)
    {
        try
        {
            Prompt prompt = _prompts.Build(request, stop);
            int room = _model.Config.ContextLength - prompt.Ids.Count;
            GenerationOptions sampling = request.Sampling with
            {
                MaxNewTokens = Math.Min(request.MaximumOutputTokens ?? room, room),
                Constraint = _constraints.For(request, prompt.IsInThoughts),
            };
            ReplyWriter reply = new(request, prompt, _model.Id, _options.TimeProvider.GetUtcNow());
            GenerationStep last = default;
            await foreach (GenerationStep step in _generator.GenerateAsync(prompt.Ids, sampling, request.Version, stop).ConfigureAwait(false))
            {
                last = step;
                await WriteAsync(reply.Append(step)).ConfigureAwait(false);
                if (reply.IsComplete)
                {
                    break;
                }
            }

            await WriteAsync(reply.Finish(last)).ConfigureAwait(false);
            updates.Complete();
        }
        catch (OperationCanceledException) when (_disposed != 0 && !callersToken.IsCancellationRequested)
        {
            updates.Complete(new ObjectDisposedException(nameof(LocalChatClient), "The client was disposed while the reply was made."));
        }
        catch (Exception failure)
        {
            updates.Complete(failure);
        }
        finally
        {
            _running.Signal();
        }

        async ValueTask WriteAsync(IEnumerable<ChatResponseUpdate> next)
        {
            foreach (ChatResponseUpdate update in next)
            {
                await updates.WriteAsync(update, stop).ConfigureAwait(false);
            }
        }
    }
}
