import { join } from "node:path";
import { counted } from "../report/counted.js";
import { nameText } from "../report/frame.js";
import { fieldText, likelyText } from "./choose-key.js";
import type { PlacedContract } from "./project-around.js";

/** Which key a contract got; where it got none, how to choose one. */
export function keyText(
  { choice, choices, contract }: PlacedContract,
  { dir, generate }: { readonly dir: string; readonly generate: string },
): readonly string[] {
  if (choice !== null) {
    const { channels, others } = choice;
    const rest = others.length === 0 ? "" : `; x-ordering: none in ${counted(others.length, "other")}`;
    return [`key: ${choice.expression} in ${counted(channels.length, "channel")}${rest}, in ${contract}`, ""];
  }
  const [likeliest] = choices.likely;
  if (choices.isDecided || likeliest === undefined) return [];
  const { others } = likeliest;
  const none = others.length === 0 ? "" : `, x-ordering: none to ${channelsText(others)}`;
  return [
    "no key was chosen: records carry none, and nothing keeps the order of their events over partitions",
    `likely: ${likelyText(choices)}`,
    `To choose ${fieldText(likeliest)}, add this line at the root of ${join(dir, contract)}${none}, then run ${generate}:`,
    "",
    choices.line(likeliest),
    "",
  ];
}

const channelsText = (ids: readonly string[]) => {
  const more = ids.length > 9 ? ` and ${ids.length - 9} more` : "";
  return `${ids.length === 1 ? "channel" : "channels"} ${ids.slice(0, 9).map(nameText).join(", ")}${more}`;
};
