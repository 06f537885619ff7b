import type { EmitContext } from "../emit/context.js";
import type { DocsPage } from "./context.js";
import { oneLine } from "./markdown.js";
import { paths } from "./paths.js";

/** The drawing of what each app sends, and which apps receive it. */
export const mapPage = ({ contract }: EmitContext): DocsPage => ({
  path: paths.map,
  title: "Map",
  description: `Which apps of ${oneLine(contract.title) || "the contract"} send to which topics, and which receive from them.`,
  body: [
    "Senders are on the left, receivers on the right. The same in words is in the [list of topics](README.md).",
    `![Apps and topics](${paths.drawing})`,
  ].join("\n\n"),
});
