import { get } from "./api.js";
import { allowChat, loadModels, startChat } from "./chat.js";
import { byId } from "./dom.js";
import { askForKey, currentKey } from "./key.js";
import { setRoles, setState, startKnowledge } from "./knowledge.js";
import { follow } from "./live.js";
import { addLoad, startLoad } from "./load.js";
import { setProposalRoles, startProposals } from "./proposals.js";

/** Says how the connection is: "live", "waiting" or "lost". */
function connection(state, text) {
  const shown = byId("connection");
  if (shown.textContent !== text) {
    shown.textContent = text;
  }

  shown.dataset.state = state;
}

/** Asks who we are, as far as the key says. */
async function findOut() {
  const { name, roles } = await get("api/whoami");
  const who = byId("who");
  who.textContent = name;
  who.setAttribute("aria-label", `${name}. Use another key`);
  who.title = roles.join(", ");
  who.hidden = false;
  setRoles(name, roles);
  setProposalRoles(roles);
  allowChat(roles.includes("chat"));
  if (roles.includes("chat")) {
    await loadModels();
  }
}

startChat();
startKnowledge();
startProposals();
startLoad();
byId("who").addEventListener("click", () =>
  askForKey(currentKey() === null ? "With a key, the server lets you do what its roles allow." : "Another key takes the place of the one in use."));
follow({
  open() {
    connection("live", "Live");
    findOut().catch(error => connection("waiting", error.message));
  },
  lost(error) {
    if (error.status === 401) {
      const who = byId("who");
      who.textContent = "Enter a key";
      who.removeAttribute("aria-label");
      who.hidden = false;
    }

    connection("lost", error.status === 401 ? "A key is needed" : "Connection lost, trying again");
  },
  state: setState,
  load: addLoad,
});
