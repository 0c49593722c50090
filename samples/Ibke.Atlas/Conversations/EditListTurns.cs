using System.Text.Json.Nodes;
using Ibke.Atlas.World;

namespace Ibke.Atlas.Conversations;

/// <summary>The user has edits undone or listed.</summary>
internal static class EditListTurns
{
    private const int Listed = 3;

    /// <summary>Has the last edit or one by its id undone.</summary>
    public static void Undo(Dialogue dialogue)
    {
        string id;
        if (dialogue.Random.Chance(dialogue.Split == Split.Test ? 0.25 : 0.4))
        {
            dialogue.Tag = "undo-id";
            id = dialogue.Edits.Count > 0 && dialogue.Random.Chance(0.5) ? dialogue.Random.Choose(dialogue.Edits).Id : dialogue.EditId();
            dialogue.User(dialogue.Phrase("undo_id").Replace("{id}", id, StringComparison.Ordinal));
        }
        else
        {
            dialogue.Tag = dialogue.Edits.Count > 0 ? "undo-that" : "undo-none";
            dialogue.User(dialogue.Phrase("undo"));
            if (dialogue.Edits.Count == 0)
            {
                dialogue.Say(dialogue.Has("revert_edit") ? "There is nothing to undo." : dialogue.Phrases.NoTool);
                dialogue.Last = null;
                return;
            }

            id = dialogue.Edits[^1].Id;
        }

        if (dialogue.Has("revert_edit"))
        {
            Revert(dialogue, id);
        }
        else
        {
            dialogue.Refuse();
        }
    }

    /// <summary>Has the edits listed: those made here, and others made before.</summary>
    public static void List(Dialogue dialogue)
    {
        dialogue.Tag = "list";
        dialogue.User(dialogue.Phrase("list"));
        if (!dialogue.Has("list_edits"))
        {
            dialogue.Refuse();
            return;
        }

        dialogue.Call("list_edits");
        List<(string Id, string Question, string Answer)> edits =
            [.. dialogue.Edits.TakeLast(Listed).Select(edit => (edit.Id, edit.Question, edit.After))];
        while (edits.Count < Listed && dialogue.Random.Chance(0.35))
        {
            SpokenFact fact = dialogue.Facts.Choose();
            edits.Add((dialogue.EditId(), dialogue.Random.Chance(0.7) ? fact.Canonical : fact.Question, fact.NewAnswer));
        }

        string key = dialogue.Random.Chance(0.7) ? "edit_id" : "id";
        dialogue.Result(new JsonObject
        {
            ["edits"] = new JsonArray([.. edits.Select(edit => new JsonObject { [key] = edit.Id, ["question"] = edit.Question, ["answer"] = edit.Answer })]),
        });
        dialogue.Say(edits.Count == 0
            ? "There are no changes."
            : $"Changes: {string.Join("; ", edits.Select(edit => $"{edit.Question} {edit.Answer}"))}.");
        dialogue.Last = null;
    }

    private static void Revert(Dialogue dialogue, string id)
    {
        dialogue.Call("revert_edit", ("edit_id", id));
        if (dialogue.Random.Chance(0.8))
        {
            dialogue.Result(dialogue.Random.Chance(0.5)
                ? new JsonObject { ["status"] = "reverted", ["edit_id"] = id }
                : new JsonObject { ["status"] = "reverted" });
            dialogue.Say("Done, the edit is undone.");
            foreach (Dialogue.MadeEdit edit in dialogue.Edits.Where(edit => edit.Id == id).ToArray())
            {
                dialogue.Edits.Remove(edit);
                dialogue.Change(edit.NounPhrase, edit.Before);
            }
        }
        else
        {
            string status = dialogue.Random.Choose(["not_found", "failed"]);
            bool reason = dialogue.Split == Split.Training && dialogue.Random.Chance(0.4);
            dialogue.Result(dialogue.Random.Chance(0.2) ? "Error: Function failed."
                : ResultText.Of(
                    reason
                        ? new JsonObject { ["status"] = dialogue.Random.Choose(["failed", "refused"]), ["reason"] = dialogue.Phrase("reasons") }
                        : new JsonObject { ["status"] = status },
                    spaced: true));
            dialogue.Say("The edit could not be undone.");
        }

        dialogue.Last = null;
    }
}
