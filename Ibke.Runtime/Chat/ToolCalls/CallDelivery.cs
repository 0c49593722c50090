namespace Ibke.Runtime.Chat.ToolCalls;

/// <summary>What becomes of the calls in a reply.</summary>
internal enum CallDelivery
{
    /// <summary>Each is given as soon as it is complete, whatever comes after it.</summary>
    AtOnce,

    /// <summary>They are given at the end of the reply, and only if all of them can be read: half of a plan is not carried out.</summary>
    AllOrNothing,

    /// <summary>None is given: they are text, as the request allows no calls.</summary>
    AsText,
}
