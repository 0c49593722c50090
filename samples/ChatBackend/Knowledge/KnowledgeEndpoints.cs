using System.Text.Json.Nodes;
using Ibke.Runtime.Knowledge.Functions;
using Ibke.Runtime.Knowledge.Service;
using Ibke.Runtime.Knowledge.Sweeps;
using Ibke.Samples.ChatBackend.Errors;
using Ibke.Samples.ChatBackend.Queues;
using Ibke.Samples.ChatBackend.Security;

namespace Ibke.Samples.ChatBackend.Knowledge;

/// <summary>What is known, and how it is changed: <c>/api/whoami</c> and <c>/api/knowledge</c>.</summary>
internal static class KnowledgeEndpoints
{
    private const string Json = "application/json";
    private const int LongestQuestion = 1000;

    /// <summary>Adds them.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder api = routes.MapGroup("/api").WithTags("knowledge");
        api.MapGet("/whoami", (HttpContext context) => WhoAmI.Of(Identity.Of(context))).WithSummary("Whom the key belongs to.");
        RouteGroupBuilder knowledge = api.MapGroup("/knowledge");
        knowledge.MapGet("/state", async (KnowledgeDesk desk, CancellationToken cancellation) => StateView.Of((await desk.ServiceAsync(cancellation)).State))
            .WithSummary("The edits in force, and the proposals that wait.");
        Changes(knowledge, "/proposals", BackendRoles.Propose, async (context, desk, by) =>
            await desk.ProposeAsync(await ApiJson.ReadAsync<ProposalBody>(context), by, context.RequestAborted))
            .WithSummary("Proposes an edit.").Accepts<ProposalBody>(Json);
        Changes(knowledge, "/proposals/{id}/approve", BackendRoles.Approve, (context, desk, by) =>
            desk.ApproveAsync(Id(context), by, context.RequestAborted)).WithSummary("Approves a proposal of somebody else.");
        Changes(knowledge, "/proposals/{id}/decline", BackendRoles.Approve | BackendRoles.Propose, async (context, desk, by) =>
            await desk.DeclineAsync(Id(context), await ReasonAsync(context), by, context.RequestAborted))
            .WithSummary("Turns a proposal down; whoever proposed it may take it back.").Accepts<ReasonBody>(isOptional: true, Json);
        Changes(knowledge, "/edits/{id}/revert", BackendRoles.Revert, async (context, desk, by) =>
            await desk.RevertAsync(Id(context), await ReasonAsync(context), by, context.RequestAborted))
            .WithSummary("Takes an edit back.").Accepts<ReasonBody>(isOptional: true, Json);
        Changes(knowledge, "/suspend", BackendRoles.Administer, async (context, desk, by) =>
            await desk.SuspendAsync(await ReasonAsync(context), by, context.RequestAborted))
            .WithSummary("Puts all edits out of force, and keeps them.").Accepts<ReasonBody>(isOptional: true, Json);
        Changes(knowledge, "/resume", BackendRoles.Administer, async (context, desk, by) =>
            await desk.ResumeAsync(await ReasonAsync(context), by, context.RequestAborted))
            .WithSummary("Puts all edits in force again.").Accepts<ReasonBody>(isOptional: true, Json);
        MapQuestions(knowledge);
    }

    /// <summary>The status of an outcome.</summary>
    public static int StatusOf(ProposalStatus outcome) => outcome switch
    {
        ProposalStatus.Waiting => StatusCodes.Status202Accepted,
        ProposalStatus.Refused => StatusCodes.Status403Forbidden,
        ProposalStatus.Rejected => StatusCodes.Status422UnprocessableEntity,
        ProposalStatus.NotFound => StatusCodes.Status404NotFound,
        _ => StatusCodes.Status200OK,
    };

    private static void MapQuestions(RouteGroupBuilder knowledge)
    {
        knowledge.MapPost("/verify", VerifyAsync)
            .WithMetadata(new NeededRoles(BackendRoles.Chat))
            .WithSummary("Compares what the model answers with what the sources say.").Accepts<QuestionBody>(Json).Produces<JsonObject>();
        knowledge.MapPost("/sweep", SweepAsync)
            .WithMetadata(new NeededRoles(BackendRoles.Propose)).WithSummary("Compares all that the sources know with what the model says.")
            .Accepts<SweepBody>(isOptional: true, Json).Produces<SweepReport>();
    }

    private static RouteHandlerBuilder Changes(
        RouteGroupBuilder routes, string path, BackendRoles roles, Func<HttpContext, KnowledgeDesk, Identity, Task<ProposalResult>> change) =>
        routes.MapPost(path, async (HttpContext context, KnowledgeDesk desk) =>
            {
                ProposalResult result = await change(context, desk, Identity.Of(context));
                return Results.Json(result, ApiJson.Options, statusCode: StatusOf(result.Status));
            })
            .WithMetadata(new NeededRoles(roles))
            .Produces<ProposalResult>()
            .Produces<ProposalResult>(StatusCodes.Status202Accepted)
            .Produces<ProposalResult>(StatusCodes.Status403Forbidden)
            .Produces<ProposalResult>(StatusCodes.Status404NotFound)
            .Produces<ProposalResult>(StatusCodes.Status422UnprocessableEntity);

    private static async Task<IResult> VerifyAsync(HttpContext context, KnowledgeDesk desk, ChatQueue queue)
    {
        QuestionBody body = await ApiJson.ReadAsync<QuestionBody>(context);
        if (string.IsNullOrWhiteSpace(body.Question) || body.Question.Length > LongestQuestion)
        {
            throw ApiException.Invalid($"The question must be of 1 to {LongestQuestion} characters.", "question");
        }

        Identity by = Identity.Of(context);
        KnowledgeFunctions functions = new(await desk.ServiceAsync(context.RequestAborted), by.Person);
        using IDisposable place = await queue.EnterAsync(by.Name, context.RequestAborted);
        return Results.Json(await functions.VerifyFactAsync(body.Question, context.RequestAborted), ApiJson.Options);
    }

    private static async Task<IResult> SweepAsync(HttpContext context, KnowledgeDesk desk)
    {
        SweepBody body = await ApiJson.ReadOptionalAsync<SweepBody>(context);
        return Results.Json(await desk.SweepAsync(body.Propose, Identity.Of(context), context.RequestAborted), ApiJson.Options);
    }

    private static Task<ReasonBody> ReasonAsync(HttpContext context) => ApiJson.ReadOptionalAsync<ReasonBody>(context);

    private static string Id(HttpContext context) => (string)context.GetRouteValue("id")!;
}
